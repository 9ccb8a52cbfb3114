/** `goodbye`: the peer closes the connection. */
import { closeConnection } from "../../rules/connections/close.ts";
import { endPairs } from "../../rules/pairs/end.ts";
import { removePeer } from "../../rules/peers/leave.ts";
import type { Handler } from "./handler.ts";

export const handleGoodbye: Handler<"goodbye"> = (context, { peer, connection }, { reason }) => {
  // After any other reason it may come back.
  const isFinal = reason === "shutdown";
  if (isFinal) endPairs(context, peer, peer.isDraining ? "drained" : "shutdown", { by: peer });
  closeConnection(context, connection, "by-peer");
  if (isFinal) removePeer(context, peer);
  return undefined;
};
