import { kernelHops } from "./kernel.ts";
import { miredo } from "./miredo.ts";
import { oursOver } from "./ours.ts";
import type { PeerTranslator } from "./translator.ts";

/** One client makes all the traffic. */
const v6peers = { top: 'caps = "none"' };

/** Everything that carries packets over the peer path, in the order of the bench's columns. */
export const PEER_TRANSLATORS: readonly PeerTranslator[] = [
  kernelHops,
  miredo,
  oursOver({ relay: "cone", v6peers }),
  oursOver({ relay: "builtin", v6peers }),
];
