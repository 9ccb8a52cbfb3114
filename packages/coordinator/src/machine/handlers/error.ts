/** `error`: the peer could not do something. Never answered; a proposal that it is about will time out. */
import type { Handler } from "./handler.ts";

export const handleError: Handler<"error"> = (context, { peer }, { code, regarding }) => {
  context.log("debug", "peer reports an error", peer, { code, regarding });
};
