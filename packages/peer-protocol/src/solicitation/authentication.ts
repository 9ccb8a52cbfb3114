/**
 * The contents of the authentication encapsulation (RFC 4380 §5.1.1) in a Router Solicitation to the coordinator and in
 * its answer. In both, the client identifier is the token of `solicit`, and the nonce is the solicitation's.
 *
 *      Router Solicitation     authentication value: HMAC, 32 bytes
 *      Router Advertisement    authentication value: mapping nonce, 16 bytes; HMAC, 32 bytes
 *
 * The coordinator chooses the mapping nonce; a peer that returns it over TLS has received it at that mapping. Both
 * HMACs use the key of `solicit`. The confirmation byte is always 0.
 */
import { concat, label, uint16 } from "../crypto/concat.ts";
import { isSameSecret } from "../crypto/is-same-secret.ts";
import type { HmacSha256 } from "../crypto/suite.ts";
import { NONCE_LENGTH } from "../schema/binary-fields.ts";

/** Length of the nonce in an authentication encapsulation (RFC 4380 §5.1.1), in bytes. */
export const SOLICITATION_NONCE_LENGTH = 8;
/** Length of a Router Solicitation's authentication value, in bytes. */
export const SOLICITATION_VALUE_LENGTH = 32;
/**
 * Bytes of padding in a Router Solicitation. With it, the solicitation is as long as the Router Advertisement: the
 * coordinator never sends more bytes to an address than came from there (PROTOCOL.md §10).
 */
export const SOLICITATION_PADDING_LENGTH = 56;
/** Length of a Router Advertisement's authentication value, in bytes. */
export const ADVERTISEMENT_VALUE_LENGTH: number = NONCE_LENGTH + 32;

/** The sender and the nonce of a solicitation. */
export interface Solicitation {
  /** 16 bytes, of `solicit`. */
  readonly token: Uint8Array;
  /** 32 bytes, of `solicit`. */
  readonly key: Uint8Array;
  /** 8 random bytes of the IPv4 peer, new for each Router Solicitation. */
  readonly nonce: Uint8Array;
}

/** The mapping in the answer's origin indication (RFC 4380 §5.1.1), not inverted. */
export interface Origin {
  /** IPv4 address, an int32 word. */
  readonly address: number;
  readonly port: number;
}

const SOLICITATION = label("solicitation");
const ADVERTISEMENT = label("advertisement");

/** Computes the authentication value of a Router Solicitation. */
export function solicitationValue({ token, key, nonce }: Solicitation, hmac: HmacSha256): Uint8Array {
  return hmac(key, concat(SOLICITATION, token, nonce));
}

/** Whether a Router Solicitation's authentication value is valid. */
export function verifySolicitationValue(value: Uint8Array, solicitation: Solicitation, hmac: HmacSha256): boolean {
  return value.length === SOLICITATION_VALUE_LENGTH && isSameSecret(value, solicitationValue(solicitation, hmac));
}

/** Computes the authentication value of the answering Router Advertisement. `mappingNonce` has 16 bytes. */
export function advertisementValue(
  { token, key, nonce }: Solicitation,
  origin: Origin,
  mappingNonce: Uint8Array,
  hmac: HmacSha256,
): Uint8Array {
  const { address, port } = origin;
  const addressBytes = concat(address >>> 24, address >>> 16, address >>> 8, address);
  const mac = hmac(key, concat(ADVERTISEMENT, token, nonce, addressBytes, uint16(port), mappingNonce));
  return concat(mappingNonce, mac);
}

/** The mapping nonce in a Router Advertisement's authentication value, or `undefined` if its HMAC is wrong. */
export function openAdvertisementValue(
  value: Uint8Array,
  solicitation: Solicitation,
  origin: Origin,
  hmac: HmacSha256,
): Uint8Array | undefined {
  if (value.length !== ADVERTISEMENT_VALUE_LENGTH) return undefined;
  const mappingNonce = value.slice(0, NONCE_LENGTH);
  return isSameSecret(value, advertisementValue(solicitation, origin, mappingNonce, hmac)) ? mappingNonce : undefined;
}
