/** `register-v4`: an IPv4 peer offers its way out. */
import { REGISTRATION_KEY_LENGTH, TOKEN_LENGTH, toBase64url } from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { MappingNonces } from "../mappings/mapping-nonces.ts";
import type { Solicitor, V4Peer } from "../peers/peer.ts";
import { nowRegistered } from "../peers/registered.ts";
import type { Handler } from "./handler.ts";

export const handleRegisterV4: Handler<"register-v4", V4Peer> = (context, { peer, connection }, message) => {
  peer.registration = message;
  peer.solicitor ??= makeSolicitor(context, peer);
  const { primary, secondary, solicitationInterval: interval } = context.options;
  const { token, key } = peer.solicitor;
  context.send(connection, { type: "solicit", token, key: toBase64url(key), primary, secondary, interval });
  // Its mapping is proved already: only its wishes have changed.
  if (peer.isRegistered) nowRegistered(context, peer);
};

function makeSolicitor({ options, state }: Context, peer: V4Peer): Solicitor {
  const { suite } = options;
  const token = toBase64url(suite.randomBytes(TOKEN_LENGTH));
  state.solicitors.set(token, peer);
  return { token, key: suite.randomBytes(REGISTRATION_KEY_LENGTH), nonces: new MappingNonces() };
}
