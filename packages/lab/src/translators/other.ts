import type { LocalTopology } from "../topology/local.ts";
import { pingGetsThrough } from "./get-through.ts";
import type { RunningTranslator, Translator } from "./translator.ts";

/**
 * Any other translator, started by a user's program in the host `v6peer`, which already forwards. The program reads
 * from its environment what to translate, creates its device and routes, and translates until SIGTERM. It should `exec`
 * the translator, because only the CPU and memory of this process are counted. It is ready when the client's ping is
 * answered.
 */
export function other(name: string, program: string): Translator {
  return { name, needsIpv6Server: false, start: (topology) => startOther(topology, program) };
}

/** The program's environment. */
export function environmentOf({ lab, plan, clientIpv6 }: LocalTopology): Readonly<Record<string, string>> {
  return {
    /** The NAT64 prefix, a /96; packets to it arrive here. */
    NAT64_PREFIX: `${plan.nat64}/96`,
    /** The only client. */
    NAT64_CLIENT: clientIpv6,
    /** IPv4 addresses that are routed here. */
    NAT64_POOL: plan.pool,
    /** A directory for files; removed with the lab. */
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
