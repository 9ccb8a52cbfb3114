/**
 * The pairing policy: who may be proposed to whom, and who first (PROTOCOL.md, `propose`). First come peers that either
 * side wants; then IPv4 peers with `internet`, in a /24 in which the IPv6 peer has no exit yet before others, those with
 * the fewest pairs before others.
 */
import type { V4Peer, V6Peer } from "../peers/peer.ts";

/** Whether a peer is there and takes another pair. */
export function hasRoom(peer: V6Peer | V4Peer): boolean {
  return roomOf(peer) > 0;
}

/** How many pairs more a peer takes. */
export function roomOf(peer: V6Peer | V4Peer): number {
  if (!peer.isRegistered || peer.isDraining || peer.registration === undefined) return 0;
  const most = "exits" in peer.registration ? peer.registration.exits : peer.registration.maxPairs;
  return Math.max(0, most - peer.claims.size - countPairs(peer, most));
}

/**
 * An IPv6 peer needs another exit as soon as one drains, but as many as it wants may drain and no more: whoever says so
 * and stays takes places. The IPv4 peer's place is taken until the pair has ended.
 */
function countPairs({ role, pairs }: V6Peer | V4Peer, most: number): number {
  if (role === "v4peer") return pairs.size;
  let draining = 0;
  for (const { drainingSince } of pairs.values()) if (drainingSince !== undefined) draining++;
  return pairs.size - Math.min(draining, most);
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

/** Whether the two have a pair, or are asked for one. */
export function arePaired(v6: V6Peer, v4: V4Peer): boolean {
  const [few, other] = v6.pairs.size <= v4.pairs.size ? [v6, v4] : [v4, v6];
  for (const pair of few.pairs.values()) if (pair.v6 === other || pair.v4 === other) return true;
  return false;
}

/** What outweighs any number of pairs: a second exit in the same /24; and what outweighs that: whom nobody wants. */
const SAME_NETWORK = 2 ** 20;
const UNWANTED = 2 ** 21;

/** The best of the IPv4 peers for an IPv6 peer, of those that may be. */
export function bestExit(v6: V6Peer, candidates: Iterable<V4Peer>, mayBe: (v4: V4Peer) => boolean): V4Peer | undefined {
  const networks = new Set([...v6.pairs.values()].map(({ v4 }) => networkOf(v4)));
  const costOf = (v4: V4Peer) =>
    (isWanted(v6, v4) ? 0 : UNWANTED) + (networks.has(networkOf(v4)) ? SAME_NETWORK : 0) + v4.pairs.size;
  return least(candidates, 1, costOf, mayBe)[0];
}

/** The best of the IPv6 peers for an IPv4 peer, of those that may be: at most so many, the best one first. */
export function bestTakers(
  v4: V4Peer,
  count: number,
  candidates: Iterable<V6Peer>,
  mayBe: (v6: V6Peer) => boolean,
): V6Peer[] {
  return least(candidates, count, (v6) => (isWanted(v6, v4) ? 0 : UNWANTED) + v6.pairs.size, mayBe);
}

function wants(peer: V6Peer | V4Peer, other: V6Peer | V4Peer): boolean {
  return peer.registration?.wants.includes(other.id) === true;
}

/** The /24 of the mapping. */
function networkOf(v4: V4Peer): number | undefined {
  return v4.mapping === undefined ? undefined : v4.mapping.address >> 8;
}

/**
 * Those whose cost is least, in one round through all; of equal ones the first. Only who would be among them is asked
 * whether it may be: that costs more to know.
 */
function least<T>(
  candidates: Iterable<T>,
  count: number,
  costOf: (candidate: T) => number,
  mayBe: (candidate: T) => boolean,
): T[] {
  const best: { readonly candidate: T; readonly cost: number }[] = [];
  for (const candidate of candidates) {
    const cost = costOf(candidate);
    if (best.length === count && cost >= best[count - 1].cost) continue;
    if (!mayBe(candidate)) continue;
    const place = best.findIndex((each) => cost < each.cost);
    best.splice(place < 0 ? best.length : place, 0, { candidate, cost });
    if (best.length > count) best.pop();
  }
  return best.map(({ candidate }) => candidate);
}
