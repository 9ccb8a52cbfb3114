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

export const handleDrain: Handler<"drain"> = (context, { peer, connection }, { pair: id, within }) => {
  const one = id === undefined ? undefined : peer.pairs.get(id);
  if (id !== undefined && one?.state !== "live") {
    return refuse(context, connection, makeError("unknown-pair", { regarding: "drain", pair: id }));
  }
  if (one === undefined) {
    peer.isDraining = true;
    context.log("info", "peer drains", peer, { within });
  }
  for (const pair of one === undefined ? [...peer.pairs.values()] : [one]) {
    if (pair.state !== "live") dropProposal(context, pair, "draining");
    else drainPair(context, pair, peer, within);
  }
};

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
