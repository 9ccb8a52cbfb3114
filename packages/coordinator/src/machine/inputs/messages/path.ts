/** `path`: a peer reports the state of a pair's path. */
import { makeError } from "@nat64/peer-protocol";
import { reportPathDown, reportPathUp } from "../../rules/pairs/path.ts";
import type { Handler } from "./handler.ts";

export const handlePath: Handler<"path"> = (context, { peer }, message) => {
  const pair = context.state.pairs.find(message.pair, peer);
  if (pair === undefined || pair.state !== "live") {
    return makeError("unknown-pair", { regarding: "path", pair: message.pair });
  }
  // A report about an old address: it crossed our `pair`.
  if (message.address !== pair.address) return undefined;
  pair.reports[peer.role] = message.state;
  // The IPv6 peer has seen packets in both directions; the IPv4 peer only knows that a relay is there.
  if (message.state === "up" && pair.reports.v6peer !== "down") reportPathUp(context, pair);
  else if (message.state === "down") reportPathDown(context, pair);
  return undefined;
};
