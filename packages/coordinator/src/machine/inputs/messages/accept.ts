/** `accept`: an IPv4 peer accepts an offer. It is passed on to the IPv6 peer, and the pair is live. */
import { checkAccept, makeError } from "@nat64/peer-protocol";
import { assignAddress } from "../../rules/pairs/address.ts";
import { endProposal, GONE } from "../../rules/pairs/end.ts";
import type { V4Peer } from "../../state/peer.ts";
import type { Handler } from "./handler.ts";

export const handleAccept: Handler<"accept", V4Peer> = (context, { peer }, accept) => {
  const about = { regarding: "accept", pair: accept.pair };
  const pair = context.state.pairs.find(accept.pair, peer);
  if (pair === undefined) return makeError("unknown-pair", about);
  const { offer } = pair;
  if (pair.state !== "offered" || offer === undefined) return makeError("out-of-order", about);
  if (checkAccept(offer, accept, context.options.suite) !== undefined) return makeError("bad-agreement", about);
  if (!peer.isRegistered) {
    endProposal(context, pair, GONE);
    return undefined;
  }
  context.timers.cancel("answer", pair);
  context.counters.proposals.agreed++;
  pair.state = "live";
  pair.offer = undefined;
  context.send(pair.v6.connection, accept);
  context.log("info", "pair agreed", pair.v6, { pair: pair.id });
  assignAddress(context, pair, "new");
  return undefined;
};
