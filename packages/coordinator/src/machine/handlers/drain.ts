/** `drain`: a peer, or one of its pairs, is about to go. */
import { makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import type { Context } from "../context.ts";
import { dropProposal } from "../pairs/end.ts";
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
    else passOn(context, pair, peer, within);
  }
};

function passOn(context: Context, pair: Pair, peer: Peer, within: number): void {
  pair.isDraining = true;
  context.state.unsettled.add(pair.v6);
  context.send(otherEnd(pair, peer).connection, { type: "drain", pair: pair.id, within });
}
