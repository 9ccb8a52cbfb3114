/**
 * In which order peers are proposed (PROTOCOL.md, `propose`). For an IPv6 peer, IPv4 peers that it wants come first. Then
 * come, in all places but one, those of which it has a good record; the last place is for newcomers, so that there are others
 * when the good ones leave. Nobody can invent a good record, but anybody can invent any number of newcomers. So those come
 * first that have failed least, that want this IPv6 peer, and whose /24 is another one.
 */
import type { Pair } from "../../state/pair.ts";
import type { V4Peer, V6Peer } from "../../state/peer.ts";
import { candidateOf } from "./exit-record.ts";
import { isWanted, wants } from "./policy.ts";

/** The cost of a candidate is a sum of these; each is more than all before it. The number of pairs is the least part. */
const SAME_NETWORK = 2 ** 7;
const UNASKED = 2 ** 8;
const FAILURE = 2 ** 9;
const OTHER_KIND = 2 ** 15;
const UNWANTED = 2 ** 16;

/** How a choice is made. */
export interface Choice {
  /** The pairs that the IPv6 peer has and keeps. */
  readonly kept: readonly Pair[];
  /** Whether an IPv4 peer may be chosen. */
  readonly mayPair: (v4: V4Peer) => boolean;
  /** A random int32 word. */
  readonly random: () => number;
  /** Milliseconds. */
  readonly now: number;
}

/**
 * The best IPv4 peer for an IPv6 peer. Of equal newcomers, every other one is drawn at random, and not by the number of its
 * pairs: whoever invents a thousand identities has a thousand without pairs.
 */
export function bestExit(v6: V6Peer, candidates: Iterable<V4Peer>, choice: Choice): V4Peer | undefined {
  const { kept, mayPair, random, now } = choice;
  const networks = new Set(kept.map(({ v4 }) => networkOf(v4)));
  const good = kept.filter((pair) => hasGoodRecord(pair, now)).length;
  const wantsGood = good < Math.max(1, (v6.registration?.exits ?? 0) - 1);
  let drawn = v6.newcomers % 2 === 1 ? random() | 1 : 0;
  const costOf = (v4: V4Peer): number => {
    const isGood = v6.records.isGood(v4.id);
    const candidate = candidateOf(v4);
    drawn = xorshift(drawn);
    return (
      (wants(v6, v4) ? 0 : UNWANTED) +
      (isGood === wantsGood ? 0 : OTHER_KIND) +
      (candidate === undefined ? 0 : FAILURE * v6.records.failuresOf(candidate)) +
      (wants(v4, v6) ? 0 : UNASKED) +
      (networks.has(networkOf(v4)) ? SAME_NETWORK : 0) +
      (isGood || drawn === 0 ? v4.pairs.size : drawn >>> 25)
    );
  };
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

/** Whether the IPv6 peer of a pair has a good record of the IPv4 peer, the present path included. */
export function hasGoodRecord({ v6, v4, upSince }: Pair, now: number): boolean {
  return v6.records.isGood(v4.id, upSince === undefined ? 0 : now - upSince);
}

/** The /24 of the mapping. */
function networkOf(v4: V4Peer): number | undefined {
  return candidateOf(v4)?.network;
}

/** The next of a sequence of random words; 0 stays 0. */
function xorshift(word: number): number {
  let next = word;
  next ^= next << 13;
  next ^= next >>> 17;
  return next ^ (next << 5);
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
