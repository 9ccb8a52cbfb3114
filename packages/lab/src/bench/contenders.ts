import { TRANSLATORS } from "../translators/all.ts";
import { PEER_TRANSLATORS } from "../translators/peer/all.ts";
import { startPeer } from "../translators/peer/start-peer.ts";
import { startLocal } from "../translators/start-local.ts";
import type { Translator } from "../translators/translator.ts";
import type { Contender } from "./bench.ts";

/** A bench: its candidates, in the order of its columns. */
export interface Bench {
  /** @param more additional translators on this machine; only a bench of translators accepts them. */
  contenders(more: readonly Translator[]): readonly Contender[];
  readonly takesMore: boolean;
}

/** Each bench by its name. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  /** Client, translator and server without routers between. */
  local: {
    takesMore: true,
    contenders: (more) =>
      [...TRANSLATORS, ...more].map((translator) => ({
        name: translator.name,
        version: translator.version,
        start: () => startLocal({ translator }),
      })),
  },
  /** The whole peer path, through a port-restricted NAT. */
  peer: {
    takesMore: false,
    contenders: () =>
      PEER_TRANSLATORS.map((translator) => ({
        name: translator.name,
        version: translator.version,
        start: () => startPeer(translator),
      })),
  },
};
