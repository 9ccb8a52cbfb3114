/** `accept`: an IPv4 peer takes an offer; passed on to the IPv6 peer, and the pair is there. */
import { checkAccept, makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import { dropProposal } from "../pairs/end.ts";
import { giveAddress } from "../pairs/fresh-address.ts";
import type { V4Peer } from "../peers/peer.ts";
import type { Handler } from "./handler.ts";

export const handleAccept: Handler<"accept", V4Peer> = (context, { peer, connection }, accept) => {
  const about = { regarding: "accept", pair: accept.pair };
  const pair = peer.pairs.get(accept.pair);
  if (pair === undefined) return refuse(context, connection, makeError("unknown-pair", about));
  const { offer } = pair;
  if (pair.state !== "offered" || offer === undefined) {
    return refuse(context, connection, makeError("out-of-order", about));
  }
  if (checkAccept(offer, accept, context.options.suite) !== undefined) {
    return refuse(context, connection, makeError("bad-agreement", about));
  }
  if (!peer.isRegistered) return dropProposal(context, pair, "gone");
  context.timers.cancel(`answer ${pair.id}`);
  context.counters.proposals.agreed++;
  pair.state = "live";
  pair.offer = undefined;
  context.send(pair.v6.connection, accept);
  context.log("info", "pair agreed", pair.v6, { pair: pair.id });
  giveAddress(context, pair, "new");
};
