import { endAddress } from "../topology/chain.ts";
import type { LocalTopology } from "../topology/local.ts";
import type { Translator } from "./translator.ts";

/** No translation: the kernel forwards IPv6 over the same hops. What the others are compared with. */
export const kernel: Translator = {
  name: "kernel",
  needsIpv6Server: true,
  start: async (topology: LocalTopology) => ({
    pid: undefined,
    target: endAddress(topology.serverIpv6Subnet, "right"),
    stop: async () => {},
  }),
};
