/** The faults of an agreement. The codes are stable. */
export type AgreementFault = "wrong-pair" | "wrong-peer" | "bad-signature" | "weak-key";

/** A sentence for people for each fault. */
export const AGREEMENT_FAULTS: Readonly<Record<AgreementFault, string>> = {
  "wrong-pair": "The accept is about another pair than the offer.",
  "wrong-peer": "The message is not from or not for the peer that it should be.",
  "bad-signature": "The signature does not fit the fields and the identity.",
  "weak-key": "The ephemeral key has small order or is not canonical: everybody could know the secret (RFC 7748 §6.1).",
};
