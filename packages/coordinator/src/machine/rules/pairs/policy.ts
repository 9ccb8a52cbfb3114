/** The pairing policy: which peers may be proposed to each other (PROTOCOL.md, `propose`). `order.ts` says which come first. */
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

/** Whether a peer named the other. */
export function wants(peer: V6Peer | V4Peer, other: V6Peer | V4Peer): boolean {
  return peer.registration?.wants.includes(other.id) === true;
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
