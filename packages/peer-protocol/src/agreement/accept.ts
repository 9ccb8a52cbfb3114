/** Making and checking an `accept`. */
import { isStrongX25519Point } from "../crypto/points.ts";
import { verifySignature } from "../crypto/signature.ts";
import type { CryptoSuite, Sign } from "../crypto/suite.ts";
import type { Accept } from "../messages/kinds/accept.ts";
import type { Offer } from "../messages/kinds/offer.ts";
import { bytesOfBase64url, toBase64url } from "../text/base64url.ts";
import type { AgreementFault } from "./fault.ts";
import { type AcceptFields, acceptBytes } from "./signed-bytes.ts";

/** The IPv4 peer's part of an accept. The rest follows from the offer. */
export type AcceptTerms = Pick<Accept, "ports" | "policy" | "pinnedInternet" | "ephemeral">;

/** Creates an accept of an offer, signed by the peer that the offer was for. */
export function signAccept(offer: Offer, terms: AcceptTerms, sign: Sign): Accept {
  const fields: AcceptFields = { pair: offer.pair, from: offer.to, to: offer.from, ...terms };
  return { type: "accept", ...fields, signature: toBase64url(sign(acceptBytes(offer, fields))) };
}

/** Checks a parsed accept of our own offer. Returns its fault, or `undefined`. */
export function checkAccept(
  offer: Offer,
  accept: Accept,
  suite: Pick<CryptoSuite, "verify">,
): AgreementFault | undefined {
  if (accept.pair !== offer.pair) return "wrong-pair";
  if (accept.from !== offer.to || accept.to !== offer.from) return "wrong-peer";
  const signature = bytesOfBase64url(accept.signature);
  const signed = acceptBytes(offer, accept);
  if (!verifySignature(bytesOfBase64url(accept.from), signed, signature, suite)) return "bad-signature";
  return isStrongX25519Point(bytesOfBase64url(accept.ephemeral)) ? undefined : "weak-key";
}
