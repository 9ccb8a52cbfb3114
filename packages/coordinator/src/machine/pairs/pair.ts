import type { Offer, PathState } from "@nat64/peer-protocol";
import type { Peer, V4Peer, V6Peer } from "../peers/peer.ts";

/** Two peers that work together, or are asked whether they want to. */
export interface Pair {
  /** Base64url, 16 bytes. */
  readonly id: string;
  readonly v6: V6Peer;
  readonly v4: V4Peer;
  /** `proposed`: the IPv6 peer is asked; `offered`: the IPv4 peer is asked; `live`: they have agreed. */
  state: "proposed" | "offered" | "live";
  /** There in state `offered`. */
  offer: Offer | undefined;
  /** The Teredo address, canonical text; there in state `live`. */
  address: string | undefined;
  /** What each end said last of the path at this address. */
  readonly reports: { v6peer: PathState | undefined; v4peer: PathState | undefined };
  /** When the latest address was given out. */
  freshAt: number;
  /** There while no end has said that the path is up since one said that it is down. */
  repair: { readonly since: number; addresses: number } | undefined;
  /** Whether the IPv6 peer knows that the IPv4 peer is not connected. */
  isAway: boolean;
  /** When an end first said that it is about to end: the IPv6 peer gets another exit meanwhile. */
  drainingSince: number | undefined;
}

/** The other end. */
export function otherEnd(pair: Pair, peer: Peer): Peer {
  return pair.v6 === peer ? pair.v4 : pair.v6;
}
