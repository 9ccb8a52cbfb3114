/** `unpair`: a peer ends a pair. */
import { makeError } from "@nat64/peer-protocol";
import { TIMES } from "../../limits/times.ts";
import { endPair } from "../../rules/pairs/end.ts";
import { isFailure, noteFailure } from "../../rules/pairs/exit-record.ts";
import { startHoldOff } from "../../rules/pairs/hold-off.ts";
import type { Handler } from "./handler.ts";

export const handleUnpair: Handler<"unpair"> = (context, { peer }, { pair: id, reason, message }) => {
  const pair = context.state.pairs.find(id, peer);
  if (pair === undefined || (pair.state === "proposed" && peer.role === "v4peer")) {
    return makeError("unknown-pair", { regarding: "unpair", pair: id });
  }
  if (peer === pair.v6 && isFailure(reason)) {
    noteFailure(context, pair, reason);
  } else {
    // No hold-off for a peer that drains: when it comes back it may be welcome again.
    const wait = peer.isDraining ? 0 : reason === "not-held" ? TIMES.silenceHoldOffMs : TIMES.holdOffMs;
    if (wait > 0) startHoldOff(context, pair.v6, pair.v4, wait);
  }
  endPair(context, pair, reason, { by: peer, message });
  return undefined;
};
