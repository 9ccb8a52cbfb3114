/** `decline`: a peer does not want the pair. */
import { makeError } from "@nat64/peer-protocol";
import { TIMES } from "../../limits/times.ts";
import { endProposal } from "../../rules/pairs/end.ts";
import type { Handler } from "./handler.ts";

export const handleDecline: Handler<"decline"> = (context, { peer }, { pair: id, reason, message, retryAfter }) => {
  const pair = context.state.pairs.find(id, peer);
  // An IPv4 peer does not know of a pair before it is offered.
  if (pair === undefined || (pair.state === "proposed" && peer.role === "v4peer")) {
    return makeError("unknown-pair", { regarding: "decline", pair: id });
  }
  const holdOffMs = retryAfter === undefined ? TIMES.holdOffMs : Math.max(TIMES.minHoldOffMs, retryAfter * 1000);
  endProposal(context, pair, { reason, message, by: peer, fate: "declined", holdOffMs });
  return undefined;
};
