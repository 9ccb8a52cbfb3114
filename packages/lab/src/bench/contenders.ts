import { startLocal } from "../topology/local.ts";
import { startPeer } from "../topology/start-peer.ts";
import { TRANSLATORS } from "../translators/all.ts";
import { PEER_TRANSLATORS } from "../translators/peer/all.ts";
import type { Contender } from "./bench.ts";

/** What each bench measures, in the order of its columns. */
export const BENCHES: Readonly<Record<string, readonly Contender[]>> = {
  /** Client, translator and server without routers between. */
  local: TRANSLATORS.map((translator) => ({ name: translator.name, start: () => startLocal({ translator }) })),
  /** The whole peer path, through a port-restricted NAT. */
  peer: PEER_TRANSLATORS.map((translator) => ({ name: translator.name, start: () => startPeer(translator) })),
};
