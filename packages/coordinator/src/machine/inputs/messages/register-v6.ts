/** `register-v6`: an IPv6 peer offers its prefix. */
import { makeError } from "@nat64/peer-protocol";
import { compilePool } from "@nat64/rfc6052";
import { completeRegistration } from "../../rules/peers/register.ts";
import { challengePrefix } from "../../rules/prefixes/challenge.ts";
import type { V6Peer } from "../../state/peer.ts";
import type { Handler } from "./handler.ts";

export const handleRegisterV6: Handler<"register-v6", V6Peer> = (context, { peer }, message) => {
  const { w0, w1, w2 } = compilePool(message.prefix);
  if (context.options.refusals.refusesClientSource(w0, w1, w2, 0)) {
    return makeError("prefix-refused", { regarding: "register-v6" });
  }
  if (!peer.isRegistered || peer.registration?.prefix !== message.prefix) {
    return challengePrefix(context, peer, message);
  }
  peer.registration = message;
  completeRegistration(context, peer);
  return undefined;
};
