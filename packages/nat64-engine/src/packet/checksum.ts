/**
 * The internet checksum (RFC 1071) and its incremental update (RFC 1624).
 *
 * A *sum* is a one's-complement sum folded to 16 bits. Sums are equal when they are equal modulo 65535: 0x0000 and
 * 0xffff are both zero. A *difference* is a sum that is added to the old sum to get the new one. A checksum *field* holds the
 * complement of the sum of everything else that it covers.
 */
import { get16 } from "@nat64/rfc6052/bytes";

/** Folds a non-negative 32-bit sum of 16-bit words to 16 bits. */
export function fold(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/** The negative of a sum. */
export function negate(sum: number): number {
  return ~sum & 0xffff;
}

/** The sum of two sums. */
export function add(one: number, other: number): number {
  const sum = one + other;
  return (sum & 0xffff) + (sum >>> 16);
}

/** The difference when data with the sum `before` is replaced by data with the sum `after`. */
export function difference(before: number, after: number): number {
  return add(~before & 0xffff, after);
}

/** Bytes that are summed before the total is folded, so that it stays below 2^31. */
const BLOCK = 32768;

/**
 * The sum of the bytes `from` … `to` − 1. Words start at `from`, whatever its alignment. An odd last byte counts as
 * if a zero byte followed (RFC 1071 §1).
 */
export function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let total = 0;
  let at = from;
  while (to - at > BLOCK) {
    total = fold(total + sumBlock(bytes, at, at + BLOCK));
    at += BLOCK;
  }
  return fold(total + sumBlock(bytes, at, to));
}

function sumBlock(bytes: Uint8Array, from: number, to: number): number {
  let high = 0;
  let low = 0;
  let at = from;
  for (const last = to - 7; at < last; at += 8) {
    high += bytes[at] + bytes[at + 2] + bytes[at + 4] + bytes[at + 6];
    low += bytes[at + 1] + bytes[at + 3] + bytes[at + 5] + bytes[at + 7];
  }
  for (const last = to - 1; at < last; at += 2) {
    high += bytes[at];
    low += bytes[at + 1];
  }
  if (at < to) high += bytes[at];
  // At most 16384 bytes of 255 each: high · 256 stays below 2^31.
  return fold((high << 8) + low);
}

/** The sum of an address of one word. */
export function sumOfWord(word: number): number {
  return add(word >>> 16, word & 0xffff);
}

/** The sum of the two IPv6 addresses of a pseudo-header (RFC 8200 §8.1). */
export function sumOfAddresses6(source: Int32Array, destination: Int32Array): number {
  const s0 = source[0];
  const s1 = source[1];
  const s2 = source[2];
  const s3 = source[3];
  const d0 = destination[0];
  const d1 = destination[1];
  const d2 = destination[2];
  const d3 = destination[3];
  return fold(
    (s0 >>> 16) +
      (s0 & 0xffff) +
      (s1 >>> 16) +
      (s1 & 0xffff) +
      (s2 >>> 16) +
      (s2 & 0xffff) +
      (s3 >>> 16) +
      (s3 & 0xffff) +
      (d0 >>> 16) +
      (d0 & 0xffff) +
      (d1 >>> 16) +
      (d1 & 0xffff) +
      (d2 >>> 16) +
      (d2 & 0xffff) +
      (d3 >>> 16) +
      (d3 & 0xffff),
  );
}

/** The sum of the two IPv4 addresses of a pseudo-header (RFC 9293 §3.1). */
export function sumOfAddresses4(source: Int32Array, destination: Int32Array): number {
  const s = source[0];
  const d = destination[0];
  return fold((s >>> 16) + (s & 0xffff) + (d >>> 16) + (d & 0xffff));
}

/** The field after the data changed by the difference `change`: RFC 1624 §3 equation 3, HC' = ~(~HC + ~m + m'). */
export function updateField(field: number, change: number): number {
  return ~add(~field & 0xffff, change) & 0xffff;
}

/** Like {@link updateField}, for UDP: 0 means "no checksum", so 0xffff is used instead (RFC 768). */
export function updateUdpField(field: number, change: number): number {
  const updated = updateField(field, change);
  return updated === 0 ? 0xffff : updated;
}

/** The correct checksum field of an IPv4 header, whatever its field holds now. */
export function ipv4HeaderField(bytes: Uint8Array, at: number, headerLength: number): number {
  return negate(difference(get16(bytes, at + 10), sumOf(bytes, at, at + headerLength)));
}
