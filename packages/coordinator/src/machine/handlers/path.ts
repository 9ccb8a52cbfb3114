/** `path`: how a pair's path is. */
import { makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import { pathIsDown, pathIsUp } from "../pairs/fresh-address.ts";
import type { Handler } from "./handler.ts";

export const handlePath: Handler<"path"> = (context, { peer, connection }, message) => {
  const pair = peer.pairs.get(message.pair);
  if (pair === undefined || pair.state !== "live") {
    return refuse(context, connection, makeError("unknown-pair", { regarding: "path", pair: message.pair }));
  }
  // About an address that is void already: this crossed our `pair`.
  if (message.address !== pair.address) return;
  pair.reports[peer.role] = message.state;
  // The IPv6 peer has seen packets go both ways, the IPv4 peer only that a relay is there.
  if (message.state === "up" && pair.reports.v6peer !== "down") pathIsUp(context, pair);
  else if (message.state === "down") pathIsDown(context, pair);
};
