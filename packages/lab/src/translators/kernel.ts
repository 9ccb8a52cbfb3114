import { endAddress } from "../topology/chain.ts";
import type { LocalTopology } from "../topology/local.ts";
import type { RunningTranslator, Translator } from "./translator.ts";

/** No translation: the kernel forwards IPv6 over the same hops. The baseline for the others. */
export const kernel: Translator = { name: "kernel", needsIpv6Server: true, start: startKernel };

async function startKernel({ v6peer, serverIpv6Subnet }: LocalTopology): Promise<RunningTranslator> {
  await v6peer.forward();
  return { carriers: [], target: endAddress(serverIpv6Subnet, "right"), stop: async () => {} };
}
