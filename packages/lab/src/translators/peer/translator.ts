import type { PeerOptions, PeerTopology } from "../../topology/peer.ts";
import type { RunningTranslator } from "../translator.ts";

/** The programs that carry packets between the client and the server over the peer path. */
export interface PeerTranslator<Running extends RunningTranslator = RunningTranslator> {
  /** A short name, also the key in the bench's results. */
  readonly name: string;
  /** The program and its version, if known. */
  readonly version?: () => Promise<string | undefined>;
  /** Where its Teredo relay is. */
  readonly relay: NonNullable<PeerOptions["relay"]>;
  /** Starts it in a topology in which nothing runs yet. Resolves when packets get through. */
  start(topology: PeerTopology): Promise<Running>;
}
