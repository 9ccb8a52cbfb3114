/** `drain`: a peer is about to end, or to end one of its pairs; or it cancels that. */
import { makeError } from "@nat64/peer-protocol";
import { TIMES } from "../../limits/times.ts";
import { cancelPairDrain, drainPair } from "../../rules/pairs/drain.ts";
import { endProposal } from "../../rules/pairs/end.ts";
import { refuseChange } from "../../rules/peers/changes.ts";
import type { Handler } from "./handler.ts";

export const handleDrain: Handler<"drain"> = (context, { peer }, { pair: id, within, cancel }) => {
  const { pairs, peers } = context.state;
  const one = id === undefined ? undefined : pairs.find(id, peer);
  if (id !== undefined && one?.state !== "live") return makeError("unknown-pair", { regarding: "drain", pair: id });
  const all = one === undefined ? pairs.of(peer) : [one];
  const error = all.length === 0 ? undefined : refuseChange(context, peer, "drain", one);
  if (error !== undefined) return error;
  if (cancel === true) {
    if (one === undefined) {
      peer.isDraining = false;
      context.log("info", "peer cancels its drain", peer);
    }
    for (const pair of all) cancelPairDrain(context, pair, peer);
    peers.toMatch.add(peer);
    return undefined;
  }
  if (one === undefined) {
    peer.isDraining = true;
    context.log("info", "peer drains", peer, { within });
  }
  for (const pair of all) {
    if (pair.state === "live") drainPair(context, pair, peer, within);
    else endProposal(context, pair, { reason: "draining", fate: "declined", holdOffMs: TIMES.holdOffMs });
  }
  return undefined;
};
