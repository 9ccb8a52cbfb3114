/** The traffic steps that both demos have. */
import type { Outcome } from "../netns/command.ts";
import type { Host } from "../netns/host.ts";
import { bulk } from "../traffic/bulk.ts";
import { urlOf } from "../traffic/web.ts";
import type { Step } from "./demo.ts";
import { describeHop } from "./hops.ts";

/** The two ends of the traffic. */
export interface Ends {
  readonly client: Host;
  readonly server: Host;
  readonly serverIpv4: string;
  /** The address at which the client reaches the server. */
  readonly target: string;
  /** The NAT64 prefix, with its length. */
  readonly nat64: string;
}

const BULK_SECONDS = 3;

/** Fetches, pings, traces, moves data. */
export function trafficSteps(ends: Ends): Step[] {
  return [
    { title: "The client fetches a page from the server's NAT64 address", run: () => fetchPage(ends) },
    { title: "The client pings the server", run: () => ping(ends) },
    { title: "The client traces the route to the server", run: () => traceroute(ends) },
    { title: "The client sends bulk data to the server (one TCP stream)", run: () => bulkData(ends, "up") },
    { title: "The server sends bulk data to the client (one TCP stream)", run: () => bulkData(ends, "down") },
  ];
}

async function fetchPage({ client, target }: Ends): Promise<string> {
  const url = urlOf(target);
  const page = expectSuccess(await client.run(["curl", "--silent", "--show-error", "--fail", "--max-time", "10", url]));
  return `${url} returns: ${page.trim()}`;
}

async function ping({ client, target }: Ends): Promise<string> {
  const text = expectSuccess(await client.run(["ping", "-n", "-c", "3", "-i", "0.2", "-W", "5", target]));
  const [, min, average, max] = /= ([\d.]+)\/([\d.]+)\/([\d.]+)\//.exec(text) ?? [];
  return `3 of 3 echo replies; round-trip time min ${min} ms, average ${average} ms, max ${max} ms`;
}

async function traceroute({ client, target, nat64, serverIpv4 }: Ends): Promise<string> {
  const argv = ["traceroute", "-n", "-q", "1", "-w", "3", "-m", "15", target];
  const hops = expectSuccess(await client.run(argv))
    .trim()
    .split("\n")
    .slice(1);
  const described = hops.map((line) => describeHop(line, nat64));
  if (!described.at(-1)?.includes(serverIpv4))
    throw new Error(`the trace did not reach the server:\n${described.join("\n")}`);
  return described.join("\n");
}

async function bulkData({ client, server, target }: Ends, direction: "up" | "down"): Promise<string> {
  const options = { client, server, target, direction, streams: 1, seconds: BULK_SECONDS };
  const { bytes, bitsPerSecond } = await bulk(options);
  return `${(bytes / 1e9).toFixed(2)} GB in ${BULK_SECONDS} s: ${(bitsPerSecond / 1e9).toFixed(2)} Gbit/s`;
}

function expectSuccess({ code, stdout, stderr }: Outcome): string {
  if (code !== 0) throw new Error((stderr.trim() || stdout.trim() || `exit code ${code}`).slice(0, 1000));
  return stdout;
}
