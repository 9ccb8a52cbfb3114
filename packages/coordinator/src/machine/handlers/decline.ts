/** `decline`: no pair of these two, for a while. */
import { makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import { TIMES } from "../limits/limits.ts";
import { dropProposal } from "../pairs/end.ts";
import type { Handler } from "./handler.ts";

export const handleDecline: Handler<"decline"> = (context, { peer, connection }, message) => {
  const pair = peer.pairs.get(message.pair);
  // An IPv4 peer does not know of a pair before it is offered.
  if (pair === undefined || (pair.state === "proposed" && peer.role === "v4peer")) {
    return refuse(context, connection, makeError("unknown-pair", { regarding: "decline", pair: message.pair }));
  }
  const retry = message.retryAfter === undefined ? TIMES.retry : Math.max(TIMES.leastRetry, message.retryAfter * 1000);
  dropProposal(context, pair, message.reason, { by: peer, message: message.message }, retry);
};
