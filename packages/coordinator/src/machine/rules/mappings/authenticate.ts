/** Router Solicitations: which are answered, and what the answer proves (PROTOCOL.md §10). */
import {
  advertisementValue,
  NONCE_LENGTH,
  TOKEN_LENGTH,
  toBase64url,
  verifySolicitationValue,
} from "@nat64/peer-protocol";
import type { AuthenticationRequest } from "@nat64/teredo";
import type { Context } from "../../context.ts";

/** The authentication value of the answer, or `undefined` for no answer. */
export function authenticate(context: Context, request: AuthenticationRequest): Uint8Array | undefined {
  const { suite } = context.options;
  const solicitor = solicitorOf(context, request.clientIdentifier);
  if (solicitor === undefined) return refuseSolicitation(context);
  const solicitation = { token: request.clientIdentifier, key: solicitor.key, nonce: request.nonce };
  if (!verifySolicitationValue(request.authenticationValue, solicitation, suite.hmacSha256)) {
    return refuseSolicitation(context);
  }
  const nonce = suite.randomBytes(NONCE_LENGTH);
  const { address, port } = request.origin;
  // Teredo addresses contain the mapping towards the primary socket; the mapping towards the secondary one may differ.
  if (request.socket === 0) solicitor.nonces.add(address, port, nonce, context.now);
  return advertisementValue(solicitation, request.origin, nonce, suite.hmacSha256);
}

function solicitorOf(context: Context, token: Uint8Array) {
  if (token.length !== TOKEN_LENGTH) return undefined;
  return context.state.solicitors.get(toBase64url(token))?.solicitor;
}

function refuseSolicitation(context: Context): undefined {
  context.counters.solicitationsRefused++;
}
