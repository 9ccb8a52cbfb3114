/** Zod schemas of bytes: canonical base64url of exactly one length. */
import { z } from "zod";

/** Last characters that leave no bit unused, by the length modulo 3. */
const LAST = ["", "[AQgw]", "[AEIMQUYcgkosw048]"] as const;

/** Text of exactly `length` bytes. */
export function binaryField(length: number): z.ZodType<string> {
  const rest = length % 3;
  const full = Math.floor((length * 8) / 6);
  const pattern = new RegExp(`^[A-Za-z0-9_-]{${full}}${LAST[rest]}$`);
  return z.string().regex(pattern, `expected ${length} bytes as base64url without padding`);
}

/** Length of a public key, Ed25519 or X25519 (RFC 8032 §5.1.5, RFC 7748 §5), in bytes. */
export const PUBLIC_KEY_LENGTH = 32;
/** Length of an Ed25519 signature (RFC 8032 §5.1.6), in bytes. */
export const SIGNATURE_LENGTH = 64;
/** Length of a pair's random identifier, in bytes. */
export const PAIR_ID_LENGTH = 16;
/** Length of a nonce that proves that a packet arrived, in bytes. It is too long to guess. */
export const NONCE_LENGTH = 16;
/** Length of the key that authenticates Router Solicitations, in bytes: that of its HMAC (RFC 2104 §3). */
export const REGISTRATION_KEY_LENGTH = 32;
/** Length of the token that names a registration in Router Solicitations, in bytes. */
export const TOKEN_LENGTH = 16;

/** An Ed25519 or X25519 public key. */
export const publicKey: z.ZodType<string> = binaryField(PUBLIC_KEY_LENGTH);
/** An Ed25519 signature. */
export const signature: z.ZodType<string> = binaryField(SIGNATURE_LENGTH);
/** A pair's identifier. */
export const pairId: z.ZodType<string> = binaryField(PAIR_ID_LENGTH);
/** A nonce. */
export const nonce: z.ZodType<string> = binaryField(NONCE_LENGTH);
