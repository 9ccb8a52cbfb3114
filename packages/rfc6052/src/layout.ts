/**
 * Where the 32 bits of the IPv4 address are in an IPv4-embedded IPv6 address (RFC 6052 §2.2).
 *
 * The address follows the prefix and skips the u octet. The remaining bits are the suffix:
 *
 *     length   w0        w1               w2                     w3
 *       32     prefix    v4 0–31          u · suffix             suffix
 *       40     prefix    prefix · v4 0–23 u · v4 24–31 · suffix  suffix
 *       48     prefix    prefix · v4 0–15 u · v4 16–31 · suffix  suffix
 *       56     prefix    prefix · v4 0–7  u · v4 8–31            suffix
 *       64     prefix    prefix           u · v4 0–23            v4 24–31 · suffix
 *       96     prefix    prefix           u · prefix             v4 0–31
 *
 * The packet path is built on these functions. They take and return int32 words and allocate nothing.
 */
import type { PrefixLength } from "./prefix-length.ts";

/** Bits 64–71, the u octet, within the third word. They are zero in every valid address (RFC 6052 §2.2). */
export const U_OCTET_MASK: number = 0xff << 24;

/** The embedded IPv4 address as a word. Does not check that the address is in the prefix. */
export function extractWord(length: PrefixLength, w1: number, w2: number, w3: number): number {
  switch (length) {
    case 32:
      return w1;
    case 40:
      return (w1 << 8) | ((w2 >>> 16) & 0xff);
    case 48:
      return (w1 << 16) | ((w2 >>> 8) & 0xffff);
    case 56:
      return (w1 << 24) | (w2 & 0xffffff);
    case 64:
      return (w2 << 8) | (w3 >>> 24);
    case 96:
      return w3;
  }
}

/** Bits of `ipv4` that belong in the second word. */
export function embedInW1(length: PrefixLength, ipv4: number): number {
  switch (length) {
    case 32:
      return ipv4;
    case 40:
      return ipv4 >>> 8;
    case 48:
      return ipv4 >>> 16;
    case 56:
      return ipv4 >>> 24;
    default:
      return 0;
  }
}

/** Bits of `ipv4` that belong in the third word. */
export function embedInW2(length: PrefixLength, ipv4: number): number {
  switch (length) {
    case 40:
      return (ipv4 & 0xff) << 16;
    case 48:
      return (ipv4 & 0xffff) << 8;
    case 56:
      return ipv4 & 0xffffff;
    case 64:
      return ipv4 >>> 8;
    default:
      return 0;
  }
}

/** Bits of `ipv4` that belong in the fourth word. */
export function embedInW3(length: PrefixLength, ipv4: number): number {
  return length === 96 ? ipv4 : length === 64 ? ipv4 << 24 : 0;
}

/** Suffix bits within the third word. */
export function suffixMaskW2(length: PrefixLength): number {
  switch (length) {
    case 32:
      return 0xffffff;
    case 40:
      return 0xffff;
    case 48:
      return 0xff;
    default:
      return 0;
  }
}

/** Suffix bits within the fourth word. */
export function suffixMaskW3(length: PrefixLength): number {
  return length === 96 ? 0 : length === 64 ? 0xffffff : -1;
}
