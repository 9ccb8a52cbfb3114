/** `ping`: answered with `pong`. */
import type { Handler } from "./handler.ts";

export const handlePing: Handler<"ping"> = (context, { connection }, { id }) => {
  context.send(connection.id, { type: "pong", id });
  return undefined;
};
