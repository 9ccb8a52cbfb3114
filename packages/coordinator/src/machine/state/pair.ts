import type { Offer, PathState } from "@nat64/peer-protocol";
import { RateLimiter } from "@nat64/teredo/limits";
import { CHANGE_BURST, CHANGES_PER_SECOND } from "../limits/changes.ts";
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
  /**
   * Whether the IPv6 peer gives its place to another IPv4 peer, as it last reported. Changed by `PairTable.setYielding`.
   */
  yields: boolean;
  /** When the latest address was assigned, in milliseconds. */
  addressAt: number;
  /** When the pair was proposed or resumed, in milliseconds. */
  readonly madeAt: number;
  /** Since when the IPv6 peer reports that the path at this address is up, in milliseconds. */
  upSince: number | undefined;
  /**
   * Set from the first report `down` until the path has stayed up: since when, and how many fresh addresses were tried.
   */
  repair: { readonly since: number; addresses: number } | undefined;
  /** Whether the IPv6 peer was told that the IPv4 peer is not connected. */
  isAwayAnnounced: boolean;
  /** When an end first said that it drains the pair, in milliseconds. Changed by `PairTable.setDraining`. */
  drainingSince: number | undefined;
  /** For each end: limits what it can cause the other end to receive about this pair alone. */
  readonly changes: { readonly v6peer: RateLimiter; readonly v4peer: RateLimiter };
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
    yields: false,
    addressAt: now,
    madeAt: now,
    upSince: undefined,
    repair: undefined,
    isAwayAnnounced: false,
    drainingSince: undefined,
    changes: {
      v6peer: new RateLimiter(CHANGES_PER_SECOND, CHANGE_BURST),
      v4peer: new RateLimiter(CHANGES_PER_SECOND, CHANGE_BURST),
    },
  };
}

/** Whether its place at the IPv6 peer is free for another IPv4 peer, because the pair drains or yields. */
export function isLeaving({ drainingSince, yields }: Pair): boolean {
  return drainingSince !== undefined || yields;
}

/** The other end of a pair. */
export function otherEnd(pair: Pair, peer: Peer): Peer {
  return pair.v6 === peer ? pair.v4 : pair.v6;
}
