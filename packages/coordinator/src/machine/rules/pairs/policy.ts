/**
 * The pairing policy: which peers may be proposed to each other, and in which order (PROTOCOL.md, `propose`). Peers that
 * either side wants come first. Then come IPv4 peers with `internet`: first those in a /24 in which the IPv6 peer has no
 * exit yet, and among these the ones with the fewest pairs.
 */
import type { V4Peer, V6Peer } from "../../state/peer.ts";

/** Whether a peer is registered and takes another pair. */
export function hasRoom(peer: V6Peer | V4Peer): boolean {
  return roomOf(peer) > 0;
}

/** How many more pairs a peer takes. */
export function roomOf(peer: V6Peer | V4Peer): number {
  if (!peer.isRegistered || peer.isDraining || peer.registration === undefined) return 0;
  const wanted = "exits" in peer.registration ? peer.registration.exits : peer.registration.maxPairs;
  return Math.max(0, wanted - peer.claims.size - countPairs(peer, wanted));
}

/**
 * An IPv6 peer needs another exit as soon as one drains or yields. But only as many as it wants are left out: an IPv4 peer
 * that says it drains and stays takes a place again. An IPv4 peer's place is taken until the pair has ended.
 */
function countPairs({ role, pairs, leavingPairs }: V6Peer | V4Peer, wanted: number): number {
  return role === "v4peer" ? pairs.size : pairs.size - Math.min(leavingPairs, wanted);
}

/** Whether either side named the other. */
export function isWanted(v6: V6Peer, v4: V4Peer): boolean {
  return wants(v6, v4) || wants(v4, v6);
}

/** Whether the wishes of both allow the pair, room aside. */
export function isCompatible(v6: V6Peer, v4: V4Peer): boolean {
  if (v6.registration === undefined || v4.registration === undefined) return false;
  if (v6.registration.onlyWanted && !wants(v6, v4)) return false;
  if (v4.registration.onlyWanted && !wants(v4, v6)) return false;
  const { internet, publishes } = v4.registration;
  return internet || (publishes && wants(v4, v6));
}

/** Cost of a second exit in the same /24: more than any number of pairs. */
const SAME_NETWORK = 2 ** 20;
/** Cost of a pair that neither side asked for: more than that. */
const UNWANTED = 2 ** 21;

/** The best IPv4 peer for an IPv6 peer. @param taken the IPv4 peers that it has @param mayPair whether one may be chosen */
export function bestExit(
  v6: V6Peer,
  taken: readonly V4Peer[],
  candidates: Iterable<V4Peer>,
  mayPair: (v4: V4Peer) => boolean,
): V4Peer | undefined {
  const networks = new Set(taken.map(networkOf));
  const costOf = (v4: V4Peer) =>
    (isWanted(v6, v4) ? 0 : UNWANTED) + (networks.has(networkOf(v4)) ? SAME_NETWORK : 0) + v4.pairs.size;
  return cheapest(candidates, 1, costOf, mayPair)[0];
}

/** The best IPv6 peers for an IPv4 peer: at most `count`, the best one first. @param mayPair whether one may be chosen */
export function bestUsers(
  v4: V4Peer,
  count: number,
  candidates: Iterable<V6Peer>,
  mayPair: (v6: V6Peer) => boolean,
): V6Peer[] {
  return cheapest(candidates, count, (v6) => (isWanted(v6, v4) ? 0 : UNWANTED) + v6.pairs.size, mayPair);
}

function wants(peer: V6Peer | V4Peer, other: V6Peer | V4Peer): boolean {
  return peer.registration?.wants.includes(other.id) === true;
}

/** The /24 of the mapping. */
function networkOf(v4: V4Peer): number | undefined {
  return v4.mapping === undefined ? undefined : v4.mapping.address >> 8;
}

/**
 * The candidates with the lowest cost, in one pass; of equal ones the first. `mayPair` is only called for candidates that
 * would be among them, because it is slower than `costOf`.
 */
function cheapest<T>(
  candidates: Iterable<T>,
  count: number,
  costOf: (candidate: T) => number,
  mayPair: (candidate: T) => boolean,
): T[] {
  const best: { readonly candidate: T; readonly cost: number }[] = [];
  for (const candidate of candidates) {
    const cost = costOf(candidate);
    if (best.length === count && cost >= best[count - 1].cost) continue;
    if (!mayPair(candidate)) continue;
    const place = best.findIndex((each) => cost < each.cost);
    best.splice(place < 0 ? best.length : place, 0, { candidate, cost });
    if (best.length > count) best.pop();
  }
  return best.map(({ candidate }) => candidate);
}
