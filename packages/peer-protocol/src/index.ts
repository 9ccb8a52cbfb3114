/** The control protocol of the peer-to-peer NAT64, sans-IO. */
export * from "./frame/index.ts";
export * from "./messages/index.ts";
export {
  NONCE_LENGTH,
  PAIR_ID_LENGTH,
  PUBLIC_KEY_LENGTH,
  REGISTRATION_KEY_LENGTH,
  SIGNATURE_LENGTH,
  TOKEN_LENGTH,
} from "./schema/bytes.ts";
export type { Endpoint } from "./schema/network.ts";
export { bytesOfBase64url, fromBase64url, toBase64url } from "./text/base64url.ts";
export { ALPN_PROTOCOL, chooseVersion, VERSIONS } from "./version.ts";
