/** Pairs that outlived a connection or the coordinator: they continue if both ends name them (PROTOCOL.md, `register-v6`). */
import type { HeldPair } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import { TIMES } from "../../limits/times.ts";
import type { HeldClaim } from "../../state/held-claims.ts";
import { makePair, otherEnd, type Pair } from "../../state/pair.ts";
import type { Peer, V4Peer, V6Peer } from "../../state/peer.ts";
import { isUsable } from "../mappings/teredo-address.ts";
import { assignAddress, sendAddress } from "./address.ts";
import { endPair } from "./end.ts";

/** Compares the pairs that a peer holds with the known ones; once per connection, when it has registered. */
export function compareHeldPairs(context: Context, peer: Peer): void {
  const { pairs, heldClaims } = context.state;
  const reported = peer.registration?.pairs ?? [];
  const named = new Set(reported.map(({ pair }) => pair));
  for (const pair of pairs.of(peer)) {
    if (pair.state === "live" && !named.has(pair.id)) endPair(context, pair, "not-held", { by: peer });
  }
  for (const held of reported) compare(context, peer, held);
  // Claims that are left wait for a pair that this peer does not hold.
  for (const claim of heldClaims.naming(peer.id)) denyClaim(context, claim);
}

function compare(context: Context, peer: Peer, held: HeldPair): void {
  const { pairs, heldClaims, peers } = context.state;
  const known = pairs.get(held.pair);
  const counterpart = heldClaims.get(held.pair, held.peer);
  const isFull = heldClaims.size >= context.options.limits.heldPairs;
  if (known !== undefined) compareWithKnown(context, peer, held, known);
  else if (counterpart !== undefined && isSamePair(peer, held, counterpart)) resume(context, counterpart, peer);
  // An other end that has reported its pairs does not hold this one.
  else if (peers.find(held.peer)?.hasReportedPairs === true || isFull) sendNotHeld(context, peer, held);
  else claim(context, peer, held);
}

function compareWithKnown(context: Context, peer: Peer, held: HeldPair, known: Pair): void {
  const isItsOwn = known.state === "live" && peer.pairs.has(known.id);
  if (!isItsOwn || otherEnd(known, peer).id !== held.peer) sendNotHeld(context, peer, held);
  else if (known.address !== held.address) sendAddress(context, known, peer, "resumed");
}

/** Waits for the other end. */
function claim(context: Context, peer: Peer, held: HeldPair): void {
  const { state, timers, now } = context;
  const before = state.heldClaims.get(held.pair, peer.id);
  if (before !== undefined) dropClaim(context, before);
  const added = { peer, held };
  state.heldClaims.add(added);
  timers.set("held-claim", added, now + TIMES.heldClaimMs);
}

/** The other end does not hold the pair, or did not say so in time. */
export function denyClaim(context: Context, claim: HeldClaim): void {
  dropClaim(context, claim);
  sendNotHeld(context, claim.peer, claim.held);
}

/** A peer has to repeat its claims on its next connection. */
export function dropClaims(context: Context, peer: Peer): void {
  for (const claim of context.state.heldClaims.of(peer)) dropClaim(context, claim);
}

function dropClaim({ state, timers }: Context, claim: HeldClaim): void {
  state.heldClaims.remove(claim);
  timers.cancel("held-claim", claim);
  state.peers.toMatch.add(claim.peer);
}

/** Whether both name the same pair, each other and the same address. */
function isSamePair(peer: Peer, held: HeldPair, { peer: other, held: theirs }: HeldClaim): boolean {
  return other.role !== peer.role && theirs.peer === peer.id && theirs.address === held.address;
}

/** Both ends hold the pair. */
function resume(context: Context, counterpart: HeldClaim, peer: Peer): void {
  const { state, options, counters, now } = context;
  const { peer: other, held } = counterpart;
  dropClaim(context, counterpart);
  const [v6, v4] = (peer.role === "v6peer" ? [peer, other] : [other, peer]) as [V6Peer, V4Peer];
  if (state.pairs.size >= options.limits.pairs || v4.mapping === undefined) {
    for (const end of [peer, other]) sendNotHeld(context, end, held);
    return;
  }
  const pair = makePair(held.pair, v6, v4, now);
  pair.state = "live";
  state.pairs.add(pair);
  counters.pairsResumed++;
  assignAddress(context, pair, "resumed", isUsable(context, held.address, v4.mapping) ? held.address : undefined);
}

function sendNotHeld(context: Context, peer: Peer, { pair }: HeldPair): void {
  context.send(peer.connection, { type: "unpair", pair, reason: "not-held" });
}
