/** IPv6 addresses in packets: four big-endian words, signed. As in `@nat64/rfc6052/bytes`, nothing here checks bounds. */
import { get32, set32 } from "@nat64/rfc6052/bytes";

/** Reads an IPv6 address into four words. */
export function getAddress6(bytes: Uint8Array, at: number, words: Int32Array): void {
  words[0] = get32(bytes, at);
  words[1] = get32(bytes, at + 4);
  words[2] = get32(bytes, at + 8);
  words[3] = get32(bytes, at + 12);
}

/** Writes an IPv6 address from four words. */
export function setAddress6(bytes: Uint8Array, at: number, words: Int32Array): void {
  set32(bytes, at, words[0]);
  set32(bytes, at + 4, words[1]);
  set32(bytes, at + 8, words[2]);
  set32(bytes, at + 12, words[3]);
}

/**
 * Whether an address cannot be the source of a packet that a router forwards: unspecified, loopback, IPv4-mapped and the rest of
 * ::/32, multicast, link-local (RFC 4291 §2.5, RFC 4443 §2.4 (e)).
 */
export function cannotBeSource6(words: Int32Array): boolean {
  const first = words[0];
  return first === 0 || first >>> 24 === 0xff || first >>> 22 === 0xfe80 >>> 6;
}
