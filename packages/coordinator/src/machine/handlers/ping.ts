/** `ping`: are you there? */
import type { Handler } from "./handler.ts";

export const handlePing: Handler<"ping"> = (context, { connection }, { id }) => {
  context.send(connection, { type: "pong", id });
};
