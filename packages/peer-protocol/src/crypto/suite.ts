/**
 * The cryptography that this package needs and does not have: an argument everywhere. All of it is synchronous, as
 * Node's is. Functions get bytes that they may not keep or change; what they return is the caller's.
 */

/** HMAC-SHA-256 (RFC 2104): 32 bytes. */
export type HmacSha256 = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** An Ed25519 signature (RFC 8032) of 64 bytes, with a key that only the function knows. */
export type Sign = (data: Uint8Array) => Uint8Array;

/** Everything but signing, for which see {@link Sign}. */
export interface CryptoSuite {
  /** SHA-256 (FIPS 180-4): 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
  readonly hmacSha256: HmacSha256;
  /** Whether an Ed25519 signature is good. `false`, never an exception, for whatever is no key or no signature. */
  verify(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
  /** X25519 (RFC 7748 §5) of two times 32 bytes. It may return zeros or `undefined` for a point of small order. */
  x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
  /** Bytes that nobody can guess. */
  randomBytes(length: number): Uint8Array;
}
