/** `drain`: a peer, or one of its pairs, is about to go. */
import { DRAIN_GRACE, LONGEST_DRAIN, makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import type { Context } from "../context.ts";
import { TIMES } from "../limits/limits.ts";
import { keepApart } from "../pairs/apart.ts";
import { dropProposal, endPair } from "../pairs/end.ts";
import { otherEnd, type Pair } from "../pairs/pair.ts";
import type { Peer } from "../peers/peer.ts";
import type { Handler } from "./handler.ts";

export const handleDrain: Handler<"drain"> = (context, { peer, connection }, { pair: id, within, cancel }) => {
  const one = id === undefined ? undefined : peer.pairs.get(id);
  if (id !== undefined && one?.state !== "live") {
    return refuse(context, connection, makeError("unknown-pair", { regarding: "drain", pair: id }));
  }
  if (cancel === true) return stay(context, peer, one);
  if (one === undefined) {
    peer.isDraining = true;
    context.log("info", "peer drains", peer, { within });
  }
  for (const pair of one === undefined ? [...peer.pairs.values()] : [one]) {
    if (pair.state !== "live") dropProposal(context, pair, "draining");
    else drainPair(context, pair, peer, within);
  }
};

/**
 * Taken back: what it said of its pairs does not count any more. A pair that the other end drains as well loses the
 * coordinator's word for that too, but it ends when that end says so.
 */
function stay(context: Context, peer: Peer, one: Pair | undefined): void {
  if (one === undefined) {
    peer.isDraining = false;
    context.log("info", "peer stays", peer, {});
  }
  for (const pair of one === undefined ? [...peer.pairs.values()] : [one]) {
    if (pair.drainingSince === undefined) continue;
    pair.drainingSince = undefined;
    context.timers.cancel(`drain ${pair.id}`);
    context.state.unsettled.add(pair.v6);
    context.send(otherEnd(pair, peer).connection, {
      type: "drain",
      pair: pair.id,
      within: LONGEST_DRAIN,
      cancel: true,
    });
  }
  context.state.unsettled.add(peer);
}

/** Passes it on, and ends the pair if nobody else does: a pair that drains lets the IPv6 peer have one more. */
function drainPair(context: Context, pair: Pair, peer: Peer, within: number): void {
  const { now, timers, state } = context;
  pair.drainingSince ??= now;
  const left = LONGEST_DRAIN - Math.ceil((now - pair.drainingSince) / 1000);
  const seconds = Math.max(0, Math.min(within, left));
  state.unsettled.add(pair.v6);
  context.send(otherEnd(pair, peer).connection, { type: "drain", pair: pair.id, within: seconds });
  timers.set(`drain ${pair.id}`, now + (seconds + DRAIN_GRACE) * 1000, () => {
    keepApart(context, pair.v6, pair.v4, TIMES.retry);
    endPair(context, pair, "drained");
  });
}
