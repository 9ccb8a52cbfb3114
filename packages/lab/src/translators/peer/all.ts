import { kernelHops } from "./kernel.ts";
import { miredo } from "./miredo.ts";
import { oursOver } from "./ours.ts";
import type { PeerTranslator } from "./translator.ts";

/** One client generates all traffic. */
const v6peers = { top: 'caps = "none"' };

/**
 * All its connections go to one port of one server, which remembers closed ones for a minute. The block is large enough
 * that no port is reused earlier.
 */
const v4peers = [{ exit: "internet = true\nmax-pairs = 1\nports-per-pair = 16384" }];

/** Everything that carries packets over the peer path, in the order of the bench's columns. */
export const PEER_TRANSLATORS: readonly PeerTranslator[] = [
  kernelHops,
  miredo,
  oursOver({ relay: "cone", v6peers, v4peers }),
  oursOver({ relay: "builtin", v6peers, v4peers }),
  oursOver({ relay: "builtin", egress: "cannot segment UDP", v6peers, v4peers }),
];
