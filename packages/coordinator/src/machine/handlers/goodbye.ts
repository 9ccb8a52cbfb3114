/** `goodbye`: the peer closes. */
import { closeConnection } from "../connections/farewell.ts";
import { giveUp } from "../peers/lose.ts";
import type { Handler } from "./handler.ts";

export const handleGoodbye: Handler<"goodbye"> = (context, { peer, connection }, { reason }) => {
  closeConnection(context, connection, "by-peer");
  // After any other reason it may come back.
  if (reason === "shutdown") giveUp(context, peer);
};
