/** What the demo shows: each step moves real packets and returns, in plain words, what happened. */
import type { Outcome } from "../netns/command.ts";
import type { RunningLocalTopology } from "../topology/local.ts";
import { bulk } from "../traffic/bulk.ts";
import { urlOf } from "../traffic/web.ts";
import { describeHop } from "./hops.ts";

/** A step of the demo. `run` throws an error with a plain reason when it did not work. */
export interface Step {
  readonly title: string;
  run(topology: RunningLocalTopology): Promise<string>;
}

const BULK_SECONDS = 3;

/** The steps in their order. */
export const STEPS: readonly Step[] = [
  { title: "The client fetches a page from the server, by the server's NAT64 address", run: fetchPage },
  { title: "The client pings the server", run: ping },
  { title: "The client traces the route to the server", run: traceroute },
  { title: "The client sends bulk data to the server (one TCP stream)", run: (topology) => bulkData(topology, "up") },
  { title: "The server sends bulk data to the client (one TCP stream)", run: (topology) => bulkData(topology, "down") },
];

async function fetchPage({ client, translator }: RunningLocalTopology): Promise<string> {
  const url = urlOf(translator.target);
  const page = expectSuccess(await client.run(["curl", "--silent", "--show-error", "--fail", "--max-time", "10", url]));
  return `${url} says: ${page.trim()}`;
}

async function ping({ client, translator }: RunningLocalTopology): Promise<string> {
  const text = expectSuccess(await client.run(["ping", "-n", "-c", "3", "-i", "0.2", "-W", "5", translator.target]));
  const [, min, average, max] = /= ([\d.]+)\/([\d.]+)\/([\d.]+)\//.exec(text) ?? [];
  return `3 of 3 echo replies; round trip ${min} ms at best, ${average} ms on average, ${max} ms at worst`;
}

async function traceroute({ client, translator, plan, serverIpv4 }: RunningLocalTopology): Promise<string> {
  const argv = ["traceroute", "-n", "-q", "1", "-w", "3", "-m", "15", translator.target];
  const hops = expectSuccess(await client.run(argv))
    .trim()
    .split("\n")
    .slice(1);
  const described = hops.map((line) => describeHop(line, `${plan.nat64}/96`));
  if (!described.at(-1)?.includes(serverIpv4)) throw new Error(`the trace did not arrive:\n${described.join("\n")}`);
  return described.join("\n");
}

async function bulkData(topology: RunningLocalTopology, direction: "up" | "down"): Promise<string> {
  const { client, server, translator } = topology;
  const options = { client, server, target: translator.target, direction, streams: 1, seconds: BULK_SECONDS };
  const { bytes, bitsPerSecond } = await bulk(options);
  return `${(bytes / 1e9).toFixed(2)} GB in ${BULK_SECONDS} s: ${(bitsPerSecond / 1e9).toFixed(2)} Gbit/s`;
}

function expectSuccess({ code, stdout, stderr }: Outcome): string {
  if (code !== 0) throw new Error((stderr.trim() || stdout.trim() || `exit code ${code}`).slice(0, 1000));
  return stdout;
}
