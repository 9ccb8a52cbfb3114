import { kernelHops } from "./kernel.ts";
import { miredo } from "./miredo.ts";
import type { PeerTranslator } from "./translator.ts";

/** Everything that carries packets over the peer path, in the order of the bench's columns. */
export const PEER_TRANSLATORS: readonly PeerTranslator[] = [kernelHops, miredo];
