/** How two peers agree on a pair and its keys through a coordinator that must not learn the keys. */
export { type AcceptTerms, checkAccept, signAccept } from "./accept.ts";
export { AGREEMENT_FAULTS, type AgreementFault } from "./fault.ts";
export { checkOffer, signOffer } from "./offer.ts";
export {
  derivePairKeys,
  type EphemeralKeys,
  makeEphemeralKeys,
  PAIR_KEY_LENGTH,
  type PairKeys,
} from "./pair-keys.ts";
export { type AcceptFields, acceptBytes, type OfferFields, offerBytes } from "./signed-bytes.ts";
