/** `error`: the peer could not do something. It is never answered; a proposal that it is about times out. */
import type { Handler } from "./handler.ts";

export const handleError: Handler<"error"> = (context, { peer }, { code, regarding }) => {
  context.log("debug", "peer reports an error", peer, { code, regarding });
  return undefined;
};
