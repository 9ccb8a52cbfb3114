/** Making and checking an `offer`. */
import { isStrongX25519Point } from "../crypto/points.ts";
import { verifySignature } from "../crypto/signature.ts";
import type { CryptoSuite, Sign } from "../crypto/suite.ts";
import type { Offer } from "../messages/kinds/offer.ts";
import { bytesOfBase64url, toBase64url } from "../text/base64url.ts";
import type { AgreementFault } from "./fault.ts";
import { type OfferFields, offerBytes } from "./signed-bytes.ts";

/** Creates an offer, signed by `from`. */
export function signOffer(fields: OfferFields, sign: Sign): Offer {
  return { type: "offer", ...fields, signature: toBase64url(sign(offerBytes(fields))) };
}

/** Checks a parsed offer for the IPv4 peer with the identity `self` (base64url). Returns its fault, or `undefined`. */
export function checkOffer(offer: Offer, self: string, suite: Pick<CryptoSuite, "verify">): AgreementFault | undefined {
  if (offer.to !== self) return "wrong-peer";
  const signature = bytesOfBase64url(offer.signature);
  if (!verifySignature(bytesOfBase64url(offer.from), offerBytes(offer), signature, suite)) return "bad-signature";
  return isStrongX25519Point(bytesOfBase64url(offer.ephemeral)) ? undefined : "weak-key";
}
