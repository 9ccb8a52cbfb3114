/**
 * The pairing policy: who may be proposed to whom, and who first (PROTOCOL.md, `propose`). First come peers that either
 * side wants; then IPv4 peers with `internet`, in a /24 in which the IPv6 peer has no exit yet before others, those with
 * the fewest pairs before others.
 */
import type { V4Peer, V6Peer } from "../peers/peer.ts";

/** Whether a peer is there and takes another pair. */
export function hasRoom(peer: V6Peer | V4Peer): boolean {
  if (!peer.isRegistered || peer.isDraining || peer.registration === undefined) return false;
  const most = "exits" in peer.registration ? peer.registration.exits : peer.registration.maxPairs;
  return peer.claims.size + countPairs(peer, most) < most;
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

/** The best of the IPv4 peers for an IPv6 peer; all of them compatible and with room. */
export function bestExit(v6: V6Peer, candidates: Iterable<V4Peer>): V4Peer | undefined {
  const networks = new Set([...v6.pairs.values()].map(({ v4 }) => networkOf(v4)));
  return least(candidates, (v4) => [Number(!isWanted(v6, v4)), Number(networks.has(networkOf(v4))), v4.pairs.size]);
}

/** The best of the IPv6 peers for an IPv4 peer; all of them compatible and with room. */
export function bestTaker(v4: V4Peer, candidates: Iterable<V6Peer>): V6Peer | undefined {
  return least(candidates, (v6) => [Number(!isWanted(v6, v4)), v6.pairs.size]);
}

function wants(peer: V6Peer | V4Peer, other: V6Peer | V4Peer): boolean {
  return peer.registration?.wants.includes(other.id) === true;
}

/** The /24 of the mapping. */
function networkOf(v4: V4Peer): number | undefined {
  return v4.mapping === undefined ? undefined : v4.mapping.address >> 8;
}

/** The first of those whose cost is least, compared number by number. */
function least<T>(candidates: Iterable<T>, costOf: (candidate: T) => readonly number[]): T | undefined {
  let best: T | undefined;
  let bestCost: readonly number[] = [];
  for (const candidate of candidates) {
    const cost = costOf(candidate);
    if (best === undefined || isLess(cost, bestCost)) [best, bestCost] = [candidate, cost];
  }
  return best;
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i];
  return false;
}
