/** `register-v4`: an IPv4 peer offers itself as an exit. */
import { REGISTRATION_KEY_LENGTH, TOKEN_LENGTH, toBase64url } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import { completeRegistration } from "../../rules/peers/register.ts";
import { MappingNonces } from "../../state/mapping-nonces.ts";
import type { Solicitor, V4Peer } from "../../state/peer.ts";
import type { Handler } from "./handler.ts";

export const handleRegisterV4: Handler<"register-v4", V4Peer> = (context, { peer, connection }, message) => {
  peer.registration = message;
  peer.solicitor ??= addSolicitor(context, peer);
  const { primary, secondary, solicitationIntervalSeconds: interval } = context.options;
  const { token, key } = peer.solicitor;
  context.send(connection.id, { type: "solicit", token, key: toBase64url(key), primary, secondary, interval });
  // Its mapping is already proved; only its wishes have changed.
  if (peer.isRegistered) completeRegistration(context, peer);
  return undefined;
};

function addSolicitor({ options, state }: Context, peer: V4Peer): Solicitor {
  const { suite } = options;
  const token = toBase64url(suite.randomBytes(TOKEN_LENGTH));
  state.solicitors.set(token, peer);
  return { token, key: suite.randomBytes(REGISTRATION_KEY_LENGTH), nonces: new MappingNonces() };
}
