import type { LocalTopology } from "../topology/local.ts";
import { pingGetsThrough } from "./get-through.ts";
import type { RunningTranslator, Translator } from "./translator.ts";

/**
 * Any other translator, brought up by a program of somebody's own in the host `v6peer`, which forwards already. The program learns
 * from its environment what to translate, makes its device and its routes, and translates until SIGTERM, best by `exec`: the CPU
 * and the memory of this process alone are counted. It is up when the client's ping is answered.
 */
export function other(name: string, program: string): Translator {
  return { name, needsIpv6Server: false, start: (topology) => startOther(topology, program) };
}

/** What the program finds in its environment. */
export function environmentOf({ lab, plan, clientIpv6 }: LocalTopology): Readonly<Record<string, string>> {
  return {
    /** The NAT64 prefix, a /96; packets to it arrive here. */
    NAT64_PREFIX: `${plan.nat64}/96`,
    /** The one client. */
    NAT64_CLIENT: clientIpv6,
    /** IPv4 addresses that are routed here. */
    NAT64_POOL: plan.pool,
    /** For files; goes away with the lab. */
    NAT64_DIRECTORY: lab.directory,
  };
}

async function startOther(topology: LocalTopology, program: string): Promise<RunningTranslator> {
  const { v6peer } = topology;
  await v6peer.forward();
  const environment = Object.entries(environmentOf(topology)).map(([name, value]) => `${name}=${value}`);
  const process = await v6peer.start(["env", ...environment, program]);
  await pingGetsThrough(topology, process);
  return {
    carriers: [{ at: "v6peer", pid: process.pid }],
    target: topology.serverNat64,
    stop: async () => void (await process.stop()),
  };
}
