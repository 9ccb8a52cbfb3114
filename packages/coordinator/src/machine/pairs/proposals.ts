/** Proposes pairs wherever there is room on both sides. */
import { PAIR_ID_LENGTH, toBase64url } from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { TIMES } from "../limits/limits.ts";
import type { V4Peer, V6Peer } from "../peers/peer.ts";
import { areApart } from "./apart.ts";
import { dropProposal } from "./end.ts";
import type { Pair } from "./pair.ts";
import { arePaired, bestExit, bestTakers, hasRoom, isCompatible, roomOf } from "./policy.ts";

/** Looks at every peer that something changed for, until nothing is left to propose. */
export function settle(context: Context): void {
  const { unsettled } = context.state;
  for (const peer of unsettled) {
    unsettled.delete(peer);
    if (peer.role === "v6peer") fill(context, peer);
    else place(context, peer);
  }
}

/** Finds exits for an IPv6 peer. */
function fill(context: Context, v6: V6Peer): void {
  if (!hasRoom(v6)) return;
  context.state.roomyV6.add(v6);
  const candidates = withRoom(context.state.roomyV4);
  while (hasRoom(v6) && hasTables(context)) {
    const v4 = bestExit(v6, candidates, (each) => hasRoom(each) && mayMeet(context, v6, each));
    if (v4 === undefined) return;
    propose(context, v6, v4);
  }
}

/** Finds IPv6 peers for an IPv4 peer. */
function place(context: Context, v4: V4Peer): void {
  if (!hasRoom(v4)) return;
  context.state.roomyV4.add(v4);
  const candidates = withRoom(context.state.roomyV6);
  for (const v6 of bestTakers(v4, roomOf(v4), candidates, (each) => mayMeet(context, each, v4))) {
    if (hasTables(context)) propose(context, v6, v4);
  }
}

/** Those that still have room; whoever has none any more is taken out. */
function withRoom<P extends V6Peer | V4Peer>(peers: Set<P>): Set<P> {
  for (const peer of peers) if (!hasRoom(peer)) peers.delete(peer);
  return peers;
}

function mayMeet(context: Context, v6: V6Peer, v4: V4Peer): boolean {
  return isCompatible(v6, v4) && !arePaired(v6, v4) && !areApart(context, v6, v4);
}

function hasTables({ state, options }: Context): boolean {
  return state.pairs.size < options.limits.pairs && !state.isDraining;
}

function propose(context: Context, v6: V6Peer, v4: V4Peer): void {
  const pair = makePair(toBase64url(context.options.suite.randomBytes(PAIR_ID_LENGTH)), v6, v4, context.now);
  addPair(context, pair);
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

/** A pair in its first state. */
export function makePair(id: string, v6: V6Peer, v4: V4Peer, now: number): Pair {
  return {
    id,
    v6,
    v4,
    state: "proposed",
    offer: undefined,
    address: undefined,
    reports: { v6peer: undefined, v4peer: undefined },
    freshAt: now,
    repair: undefined,
    isAway: false,
    drainingSince: undefined,
  };
}

/** Puts a pair into all tables. */
export function addPair({ state }: Context, pair: Pair): void {
  state.pairs.set(pair.id, pair);
  pair.v6.pairs.set(pair.id, pair);
  pair.v4.pairs.set(pair.id, pair);
}

/** Whoever is asked now has to answer in time. */
export function awaitAnswer(context: Context, pair: Pair): void {
  context.timers.set(`answer ${pair.id}`, context.now + TIMES.answer, () => {
    dropProposal(context, pair, "timeout", {}, TIMES.retryAfterSilence);
  });
}
