/** The control protocol of the peer-to-peer NAT64, sans-IO. */
export * from "./agreement/index.ts";
export { hkdfSha256 } from "./crypto/hkdf.ts";
export { isSameSecret } from "./crypto/is-same-secret.ts";
export { isStrongEd25519Point, isStrongX25519Point } from "./crypto/points.ts";
export { verifySignature } from "./crypto/signature.ts";
export type { CryptoSuite, HmacSha256, Sign } from "./crypto/suite.ts";
export * from "./frame/index.ts";
export { EXPORTER, helloBytes, signHello, verifyHello } from "./identity/hello-signature.ts";
export { peerIdOf, shortPeerId } from "./identity/peer-id.ts";
export * from "./messages/index.ts";
export * from "./probe/index.ts";
export {
  emitPrefixProof,
  PREFIX_PROOF_LENGTH,
  PREFIX_PROOF_PORT,
  type PrefixProof,
  parsePrefixProof,
} from "./proof/prefix-proof.ts";
export {
  NONCE_LENGTH,
  PAIR_ID_LENGTH,
  PUBLIC_KEY_LENGTH,
  REGISTRATION_KEY_LENGTH,
  SIGNATURE_LENGTH,
  TOKEN_LENGTH,
} from "./schema/binary-fields.ts";
export type { Endpoint } from "./schema/network.ts";
export {
  ADVERTISEMENT_VALUE_LENGTH,
  advertisementValue,
  type Origin,
  openAdvertisementValue,
  SOLICITATION_NONCE_LENGTH,
  SOLICITATION_PADDING_LENGTH,
  SOLICITATION_VALUE_LENGTH,
  type Solicitation,
  solicitationValue,
  verifySolicitationValue,
} from "./solicitation/authentication.ts";
export { bytesOfBase64url, fromBase64url, toBase64url } from "./text/base64url.ts";
export { ALPN_PROTOCOL, chooseVersion, DEFAULT_PORT, VERSIONS } from "./version.ts";
