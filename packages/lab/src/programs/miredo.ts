/** Miredo as Debian ships it: Teredo relay, Teredo client, Teredo server (RFC 4380). */
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";
import type { HostProcess } from "../netns/process.ts";

const DEVICE = "teredo";

/** A running Miredo. */
export interface RunningMiredo {
  readonly process: HostProcess;
  /** Its processes. Miredo forks. */
  pids(): Promise<number[]>;
  stop(): Promise<void>;
}

/** A Teredo client that has its address. */
export interface RunningMiredoClient extends RunningMiredo {
  /** Its Teredo address. */
  readonly address: string;
}

/** The NAT behaviour of a Miredo relay: see miredo.conf(5). */
export type MiredoRelayMode = "cone" | "restricted";

/** Starts a Teredo relay in a host that already forwards. Resolves when 2001::/32 is routed to it. */
export async function startMiredoRelay(
  lab: Lab,
  host: Host,
  ipv4: string,
  mode: MiredoRelayMode,
): Promise<RunningMiredo> {
  const lines = [`RelayType ${mode}`, `InterfaceName ${DEVICE}`, `BindAddress ${ipv4}`, "BindPort 3545"];
  const relay = await start(lab, host, "miredo", lines);
  await until(`the Miredo relay in ${host.name} has no route`, relay, async () =>
    (await host.ip("-6 route show dev teredo")).includes("2001::/32"),
  );
  return relay;
}

/** Starts a Teredo client; resolves when a server has qualified it. */
export async function startMiredoClient(
  lab: Lab,
  host: Host,
  servers: readonly [string, string],
  udpPort: number,
): Promise<RunningMiredoClient> {
  const lines = [
    `InterfaceName ${DEVICE}`,
    `BindPort ${udpPort}`,
    `ServerAddress ${servers[0]}`,
    `ServerAddress2 ${servers[1]}`,
  ];
  const client = await start(lab, host, "miredo", lines);
  let address: string | undefined;
  await until(`the Miredo client in ${host.name} is not qualified`, client, async () => {
    address = /inet6 (2001:0?:[\da-f:]+)\/32/.exec((await host.run(["ip", "-6", "address", "show"])).stdout)?.[1];
    return address !== undefined;
  });
  return { ...client, address: address as string };
}

/** Starts a Teredo server on UDP port 3544 of an IPv4 address and the one after it. */
export async function startMiredoServer(lab: Lab, host: Host, ipv4: string): Promise<RunningMiredo> {
  const server = await start(lab, host, "miredo-server", [`ServerBindAddress ${ipv4}`]);
  await until(`the Miredo server in ${host.name} does not listen`, server, async () =>
    (await host.must(["ss", "-Hlun"])).includes(":3544 "),
  );
  return server;
}

async function start(lab: Lab, host: Host, program: string, lines: readonly string[]): Promise<RunningMiredo> {
  const file = `${lab.directory}/${host.name}-${program}`;
  writeFileSync(`${file}.conf`, `${lines.join("\n")}\n`);
  const process = await host.start([program, "-f", "-c", `${file}.conf`, "-p", `${file}.pid`, "-u", "nobody"]);
  const pids = async (): Promise<number[]> => {
    const all = (await host.must(["ip", "netns", "pids", host.namespace])).trim().split("\n").map(Number);
    return all.filter((pid) => commandOf(pid).startsWith(program));
  };
  return { process, pids, stop: async () => void (await process.stop()) };
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

async function until(what: string, { process }: RunningMiredo, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds().catch(() => false))) {
    if (!process.running || Date.now() > deadline)
      throw new Error(`${what}: ${process.stderr.trim() || "no reason given"}`);
    await sleep(50);
  }
}
