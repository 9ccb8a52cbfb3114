/**
 * The cryptography that this package needs. It is passed in as an argument. All functions are synchronous, like Node's.
 * They must not keep or change their arguments; the caller owns the results.
 */

/** HMAC-SHA-256 (RFC 2104): 32 bytes. */
export type HmacSha256 = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** Returns an Ed25519 signature (RFC 8032) of 64 bytes, with a key that only the function knows. */
export type Sign = (data: Uint8Array) => Uint8Array;

/** Everything except signing, for which see {@link Sign}. */
export interface CryptoSuite {
  /** SHA-256 (FIPS 180-4): 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
  readonly hmacSha256: HmacSha256;
  /**
   * Whether an Ed25519 signature is valid. Returns `false`, and never throws, for malformed keys or signatures. It may
   * accept weak keys: use `verifySignature`, which does not.
   */
  verify(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
  /**
   * X25519 (RFC 7748 §5) of a key and a point, 32 bytes each. It may return zeros or `undefined` for a point of small
   * order.
   */
  x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
  /** Returns unpredictable bytes. */
  randomBytes(length: number): Uint8Array;
}
