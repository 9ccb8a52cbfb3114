/** Pairs that outlived a connection, or the coordinator: both ends have to name them (PROTOCOL.md, `register-v6`). */
import type { HeldPair } from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { TIMES } from "../limits/limits.ts";
import { isUsable } from "../mappings/teredo-address.ts";
import { findPeer } from "../peers/find.ts";
import type { Peer, V4Peer, V6Peer } from "../peers/peer.ts";
import type { State } from "../state.ts";
import { endPair } from "./end.ts";
import { giveAddress, tellAddress } from "./fresh-address.ts";
import { otherEnd, type Pair } from "./pair.ts";
import { addPair, makePair } from "./proposals.ts";

/** One end's word for a pair that the coordinator does not know. */
export interface HeldClaim {
  readonly peer: Peer;
  readonly held: HeldPair;
}

/** Compares what a peer holds with what the coordinator knows; once for each connection, when it is registered. */
export function reportHeldPairs(context: Context, peer: Peer): void {
  const reported = peer.registration?.pairs ?? [];
  const named = new Set(reported.map(({ pair }) => pair));
  for (const pair of [...peer.pairs.values()]) {
    if (pair.state === "live" && !named.has(pair.id)) endPair(context, pair, "not-held", { by: peer });
  }
  for (const held of reported) report(context, peer, held);
  // Whoever waited for this peer's word has it now: nothing.
  for (const claim of [...(context.state.heldWith.get(peer.id) ?? [])]) giveUpClaim(context, claim);
}

function report(context: Context, peer: Peer, held: HeldPair): void {
  const { state, options } = context;
  const known = state.pairs.get(held.pair);
  const counterpart = state.held.get(keyOf(held.pair, held.peer));
  if (known !== undefined) compare(context, peer, held, known);
  else if (counterpart !== undefined && isSamePair(peer, held, counterpart)) resume(context, peer, counterpart, held);
  else if (hasReported(state, held.peer) || state.held.size >= options.limits.heldPairs) deny(context, peer, held);
  else makeClaim(context, { peer, held });
}

/** Whether the other end has already said what it holds, and so does not hold this. */
function hasReported(state: State, id: string): boolean {
  return findPeer(state, id)?.hasReported === true;
}

function compare(context: Context, peer: Peer, held: HeldPair, known: Pair): void {
  const isItsOwn = known.state === "live" && peer.pairs.get(held.pair) === known;
  if (!isItsOwn || otherEnd(known, peer).id !== held.peer) deny(context, peer, held);
  else if (known.address !== held.address) tellAddress(context, known, peer, "resumed");
}

function makeClaim(context: Context, claim: HeldClaim): void {
  const { state, timers, now } = context;
  const { peer, held } = claim;
  dropClaim(context, peer, held.pair);
  state.held.set(keyOf(held.pair, peer.id), claim);
  const others = state.heldWith.get(held.peer);
  if (others === undefined) state.heldWith.set(held.peer, new Set([claim]));
  else others.add(claim);
  peer.claims.add(held.pair);
  timers.set(`held ${keyOf(held.pair, peer.id)}`, now + TIMES.held, () => giveUpClaim(context, claim));
}

function giveUpClaim(context: Context, { peer, held }: HeldClaim): void {
  dropClaim(context, peer, held.pair);
  deny(context, peer, held);
}

/** What a peer said on a connection that is gone has to be said again. */
export function dropClaims(context: Context, peer: Peer): void {
  for (const pair of [...peer.claims]) dropClaim(context, peer, pair);
}

/** Whether both name the same pair, each other and the same address. */
function isSamePair(peer: Peer, held: HeldPair, { peer: other, held: theirs }: HeldClaim): boolean {
  return other.role !== peer.role && theirs.peer === peer.id && theirs.address === held.address;
}

function resume(context: Context, peer: Peer, { peer: other }: HeldClaim, held: HeldPair): void {
  dropClaim(context, other, held.pair);
  const [v6, v4] = (peer.role === "v6peer" ? [peer, other] : [other, peer]) as [V6Peer, V4Peer];
  if (context.state.pairs.size >= context.options.limits.pairs || v4.mapping === undefined) {
    for (const end of [peer, other]) deny(context, end, held);
    return;
  }
  const pair: Pair = makePair(held.pair, v6, v4, context.now);
  pair.state = "live";
  addPair(context, pair);
  context.counters.pairsResumed++;
  giveAddress(context, pair, "resumed", isUsable(context, held.address, v4.mapping) ? held.address : undefined);
}

function deny(context: Context, peer: Peer, { pair }: HeldPair): void {
  context.send(peer.connection, { type: "unpair", pair, reason: "not-held" });
}

function dropClaim({ state, timers }: Context, peer: Peer, pair: string): void {
  const claim = state.held.get(keyOf(pair, peer.id));
  if (claim === undefined) return;
  state.held.delete(keyOf(pair, peer.id));
  const others = state.heldWith.get(claim.held.peer);
  others?.delete(claim);
  if (others?.size === 0) state.heldWith.delete(claim.held.peer);
  timers.cancel(`held ${keyOf(pair, peer.id)}`);
  peer.claims.delete(pair);
  state.unsettled.add(peer);
}

function keyOf(pair: string, peer: string): string {
  return `${pair} ${peer}`;
}
