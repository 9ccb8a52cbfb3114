import fc from "fast-check";
import { PREFIX_LENGTHS, type PrefixLength } from "../src/prefix-length.ts";
import { formatIPv6 } from "../src/text.ts";
import { type IPv6Words, maskWord } from "../src/words.ts";

/** Any int32. */
export const word: fc.Arbitrary<number> = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

/** Any IPv6 address. */
export const ipv6Words: fc.Arbitrary<IPv6Words> = fc.tuple(word, word, word, word);

/** Any valid prefix, as text. */
export const prefixText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom<PrefixLength>(...PREFIX_LENGTHS), word, word, word)
  .map(([length, w0, w1, w2]) => {
    const words: IPv6Words = [w0, w1 & maskWord(length - 32), w2 & maskWord(length - 64) & 0xffffff, 0];
    return `${formatIPv6(words)}/${length}`;
  });

/** An address as one integer: the slow but obvious form that test oracles use. */
export function toBigInt(words: readonly number[]): bigint {
  return words.reduce((sum, each) => (sum << 32n) | BigInt(each >>> 0), 0n);
}

/** A small deterministic generator (xorshift32) for loops too long for fast-check. */
export function int32s(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}
