import type { Offer, PathState } from "@nat64/peer-protocol";
import type { Peer, V4Peer, V6Peer } from "./peer.ts";

/** Two peers that work together, or that are asked whether they want to. */
export interface Pair {
  /** Base64url, 16 bytes. */
  readonly id: string;
  readonly v6: V6Peer;
  readonly v4: V4Peer;
  /** `proposed`: the IPv6 peer is asked; `offered`: the IPv4 peer is asked; `live`: both have agreed. */
  state: "proposed" | "offered" | "live";
  /** Set in state `offered`. */
  offer: Offer | undefined;
  /** The Teredo address, canonical text; set in state `live`. Changed by `PairTable.setAddress`. */
  address: string | undefined;
  /** What each end last reported about the path at this address. */
  readonly reports: { v6peer: PathState | undefined; v4peer: PathState | undefined };
  /** When the latest address was assigned, in milliseconds. */
  addressAt: number;
  /** Set from the first report `down` until a report `up`: since when, and how many fresh addresses were tried. */
  repair: { readonly since: number; addresses: number } | undefined;
  /** Whether the IPv6 peer was told that the IPv4 peer is not connected. */
  isAwayAnnounced: boolean;
  /** When an end first said that it drains the pair, in milliseconds. Changed by `PairTable.setDraining`. */
  drainingSince: number | undefined;
}

/** A pair in its first state. @param now milliseconds */
export function makePair(id: string, v6: V6Peer, v4: V4Peer, now: number): Pair {
  return {
    id,
    v6,
    v4,
    state: "proposed",
    offer: undefined,
    address: undefined,
    reports: { v6peer: undefined, v4peer: undefined },
    addressAt: now,
    repair: undefined,
    isAwayAnnounced: false,
    drainingSince: undefined,
  };
}

/** The other end of a pair. */
export function otherEnd(pair: Pair, peer: Peer): Peer {
  return pair.v6 === peer ? pair.v4 : pair.v6;
}
