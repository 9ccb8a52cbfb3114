/** Proposes pairs wherever both sides have room. */
import { PAIR_ID_LENGTH, toBase64url } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import { TIMES } from "../../limits/times.ts";
import { isLeaving, makePair, type Pair } from "../../state/pair.ts";
import type { V4Peer, V6Peer } from "../../state/peer.ts";
import { endProposal } from "./end.ts";
import { candidateOf, noteFailure } from "./exit-record.ts";
import { bestExit, bestUsers } from "./order.ts";
import { hasRoom, isCompatible, roomOf } from "./policy.ts";

/** Looks at every peer that changed since the last input, and proposes all pairs that are possible. */
export function proposePairs(context: Context): void {
  const { toMatch } = context.state.peers;
  for (const peer of toMatch) {
    toMatch.delete(peer);
    if (peer.role === "v6peer") findExits(context, peer);
    else findUsers(context, peer);
  }
}

/** Finds IPv4 peers for an IPv6 peer. */
function findExits(context: Context, v6: V6Peer): void {
  if (!hasRoom(v6)) return;
  const { peers, pairs } = context.state;
  peers.v6WithRoom.add(v6);
  const candidates = withRoom(peers.v4WithRoom);
  while (hasRoom(v6) && canPropose(context)) {
    const v4 = bestExit(v6, candidates, {
      kept: pairs.of(v6).filter((pair) => !isLeaving(pair)),
      mayPair: (each) => hasRoom(each) && mayPair(context, v6, each),
      random: () => context.randomWord(),
      now: context.now,
    });
    if (v4 === undefined) return;
    if (!v6.records.isGood(v4.id)) v6.newcomers++;
    propose(context, v6, v4);
  }
}

/** Finds IPv6 peers for an IPv4 peer. */
function findUsers(context: Context, v4: V4Peer): void {
  if (!hasRoom(v4)) return;
  const { peers } = context.state;
  peers.v4WithRoom.add(v4);
  const candidates = withRoom(peers.v6WithRoom);
  for (const v6 of bestUsers(v4, roomOf(v4), candidates, (each) => mayPair(context, each, v4))) {
    if (canPropose(context)) propose(context, v6, v4);
  }
}

/** Removes the peers that no longer have room, and returns the set. */
function withRoom<P extends V6Peer | V4Peer>(peers: Set<P>): Set<P> {
  for (const peer of peers) if (!hasRoom(peer)) peers.delete(peer);
  return peers;
}

function mayPair({ state, now }: Context, v6: V6Peer, v4: V4Peer): boolean {
  if (!isCompatible(v6, v4) || state.pairs.arePaired(v6, v4) || state.holdOffs.has(v6, v4)) return false;
  const candidate = candidateOf(v4);
  return candidate === undefined || v6.records.mayTry(candidate, now);
}

function canPropose({ state, options }: Context): boolean {
  return state.pairs.size < options.limits.pairs && !state.isDraining;
}

function propose(context: Context, v6: V6Peer, v4: V4Peer): void {
  const pair = makePair(toBase64url(context.options.suite.randomBytes(PAIR_ID_LENGTH)), v6, v4, context.now);
  context.state.pairs.add(pair);
  awaitAnswer(context, pair);
  const { internet, publishes, bandwidth } = v4.registration!;
  context.send(v6.connection, {
    type: "propose",
    pair: pair.id,
    identity: v4.identity,
    internet,
    publishes,
    ...(bandwidth === undefined ? {} : { bandwidth }),
  });
}

/** The peer that is asked must answer in time. */
export function awaitAnswer(context: Context, pair: Pair): void {
  context.timers.set("answer", pair, context.now + TIMES.answerMs);
}

/** There was no answer in time. */
export function endUnansweredProposal(context: Context, pair: Pair): void {
  if (pair.state === "offered") noteFailure(context, pair, "no-accept");
  endProposal(context, pair, { reason: "timeout", fate: "timeout", holdOffMs: TIMES.silenceHoldOffMs });
}
