/** `path`: a peer reports the state of a pair's path. */
import { makeError } from "@nat64/peer-protocol";
import { reportPathDown, reportPathUp } from "../../rules/pairs/path.ts";
import { endUp } from "../../rules/pairs/stable-path.ts";
import type { Handler } from "./handler.ts";

export const handlePath: Handler<"path"> = (context, { peer }, message) => {
  const pair = context.state.pairs.find(message.pair, peer);
  if (pair === undefined || pair.state !== "live") {
    return makeError("unknown-pair", { regarding: "path", pair: message.pair });
  }
  // A report about an old address: it crossed our `pair`.
  if (message.address !== pair.address) return undefined;
  pair.reports[peer.role] = message.state;
  if (peer.role === "v6peer") {
    context.state.pairs.setYielding(pair, message.yields === true);
    if (pair.yields) context.state.peers.toMatch.add(peer);
  }
  if (message.state === "down") reportPathDown(context, pair);
  else if (peer.role === "v6peer" && message.state === "up") reportPathUp(context, pair);
  else if (peer.role === "v6peer") endUp(context, pair);
  return undefined;
};
