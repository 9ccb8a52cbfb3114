/**
 * Addresses as int32 words: an IPv4 address is one word, an IPv6 address four, most significant first.
 * Words are signed, so that V8 keeps them as small integers; `>>> 0` gives the unsigned value.
 *
 * No function here checks bounds: the caller makes sure that `bytes` holds the address.
 */

import { get32 as readWord, set32 as writeWord } from "./bytes.ts";

export { get32 as readWord, set32 as writeWord } from "./bytes.ts";

/** The four words of the IPv6 address at `offset`. Allocates: not for the packet path. */
export function wordsOf(bytes: Uint8Array, offset = 0): IPv6Words {
  return [
    readWord(bytes, offset),
    readWord(bytes, offset + 4),
    readWord(bytes, offset + 8),
    readWord(bytes, offset + 12),
  ];
}

/** The sixteen bytes of an IPv6 address given as words. Allocates: not for the packet path. */
export function bytesOf(words: IPv6Words): Uint8Array {
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 4; i++) writeWord(bytes, i * 4, words[i]);
  return bytes;
}

/** An int32 with the `length` most significant bits set: none for 0 or less, all for 32 or more. */
export function maskWord(length: number): number {
  return length <= 0 ? 0 : length >= 32 ? -1 : ~(-1 >>> length);
}

/** An IPv6 address as four int32 words, most significant first. */
export type IPv6Words = readonly [w0: number, w1: number, w2: number, w3: number];
