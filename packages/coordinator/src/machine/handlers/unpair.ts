/** `unpair`: one end has had enough. */
import { makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import { TIMES } from "../limits/limits.ts";
import { keepApart } from "../pairs/apart.ts";
import { endPair } from "../pairs/end.ts";
import type { Handler } from "./handler.ts";

export const handleUnpair: Handler<"unpair"> = (context, { peer, connection }, { pair: id, reason, message }) => {
  const pair = peer.pairs.get(id);
  if (pair === undefined || (pair.state === "proposed" && peer.role === "v4peer")) {
    return refuse(context, connection, makeError("unknown-pair", { regarding: "unpair", pair: id }));
  }
  // Who goes altogether may come back as another: nobody has had enough of anybody.
  const wait = peer.isDraining ? 0 : reason === "not-held" ? TIMES.retryAfterSilence : TIMES.retry;
  if (wait > 0) keepApart(context, pair.v6, pair.v4, wait);
  endPair(context, pair, reason, { by: peer, message });
};
