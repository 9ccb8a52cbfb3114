/** HKDF (RFC 5869) with SHA-256, on top of an HMAC. */
import { concat } from "./concat.ts";
import type { HmacSha256 } from "./suite.ts";

/** Length of the hash, in bytes. */
const HASH_LENGTH = 32;

/** Derives `length` bytes, at most 255 × 32 (§2.3), from a secret, a salt and a label for their purpose. */
export function hkdfSha256(
  hmac: HmacSha256,
  salt: Uint8Array,
  secret: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const extracted = hmac(salt, secret);
  const rounds = Math.ceil(length / HASH_LENGTH);
  const expanded = new Uint8Array(rounds * HASH_LENGTH);
  let block: Uint8Array = new Uint8Array(0);
  for (let round = 1; round <= rounds; round++) {
    block = hmac(extracted, concat(block, info, round));
    expanded.set(block, (round - 1) * HASH_LENGTH);
  }
  return expanded.slice(0, length);
}
