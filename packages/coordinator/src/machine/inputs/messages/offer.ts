/** `offer`: an IPv6 peer agrees to a proposal. It is passed on to the IPv4 peer. */
import { checkOffer, makeError } from "@nat64/peer-protocol";
import { awaitAnswer } from "../../rules/pairs/propose.ts";
import type { V6Peer } from "../../state/peer.ts";
import type { Handler } from "./handler.ts";

export const handleOffer: Handler<"offer", V6Peer> = (context, { peer }, offer) => {
  const about = { regarding: "offer", pair: offer.pair };
  const pair = context.state.pairs.find(offer.pair, peer);
  if (pair === undefined) return makeError("unknown-pair", about);
  if (pair.state !== "proposed") return makeError("out-of-order", about);
  const isAsProposed = offer.from === peer.identity && offer.prefix === peer.registration?.prefix;
  if (!isAsProposed || checkOffer(offer, pair.v4.identity, context.options.suite) !== undefined) {
    return makeError("bad-agreement", about);
  }
  pair.state = "offered";
  pair.offer = offer;
  awaitAnswer(context, pair);
  context.send(pair.v4.connection, offer);
  return undefined;
};
