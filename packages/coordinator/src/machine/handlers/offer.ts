/** `offer`: an IPv6 peer takes a proposal; passed on to the IPv4 peer. */
import { checkOffer, makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import { awaitAnswer } from "../pairs/proposals.ts";
import type { V6Peer } from "../peers/peer.ts";
import type { Handler } from "./handler.ts";

export const handleOffer: Handler<"offer", V6Peer> = (context, { peer, connection }, offer) => {
  const about = { regarding: "offer", pair: offer.pair };
  const pair = peer.pairs.get(offer.pair);
  if (pair === undefined) return refuse(context, connection, makeError("unknown-pair", about));
  if (pair.state !== "proposed") return refuse(context, connection, makeError("out-of-order", about));
  const isAsProposed = offer.from === peer.identity && offer.prefix === peer.registration?.prefix;
  if (!isAsProposed || checkOffer(offer, pair.v4.identity, context.options.suite) !== undefined) {
    return refuse(context, connection, makeError("bad-agreement", about));
  }
  pair.state = "offered";
  pair.offer = offer;
  awaitAnswer(context, pair);
  context.send(pair.v4.connection, offer);
};
