/** `goodbye`: the peer closes. */
import { closeConnection } from "../connections/farewell.ts";
import { endPairs } from "../pairs/end.ts";
import { giveUp } from "../peers/lose.ts";
import type { Handler } from "./handler.ts";

export const handleGoodbye: Handler<"goodbye"> = (context, { peer, connection }, { reason }) => {
  // After any other reason it may come back.
  const isForGood = reason === "shutdown";
  if (isForGood) endPairs(context, peer, peer.isDraining ? "drained" : "shutdown", { by: peer });
  closeConnection(context, connection, "by-peer");
  if (isForGood) giveUp(context, peer);
};
