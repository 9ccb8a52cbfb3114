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
