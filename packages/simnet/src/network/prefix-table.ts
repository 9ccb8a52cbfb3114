import { get32 } from "@nat64/rfc6052/bytes";
import type { IPv6Prefix } from "../packet/addresses.ts";
import { mix } from "../random/hash-words.ts";

interface Entry<Target> {
  readonly words: Int32Array;
  readonly target: Target;
}

interface Level<Target> {
  readonly length: number;
  readonly masks: Int32Array;
  readonly buckets: Map<number, Entry<Target>[]>;
}

/** Routes of IPv6 prefixes: the longest one that matches wins. One hash table per length that occurs. */
export class PrefixTable<Target> {
  /** Longest first. */
  readonly #levels: Level<Target>[] = [];

  /** @returns whether it was added: a prefix has one target */
  add(prefix: IPv6Prefix, target: Target): boolean {
    const level = this.#level(prefix.length ?? 128);
    const words = maskedWords(prefix.address, level.masks);
    const hash = hashWords(words[0], words[1], words[2], words[3]);
    const bucket = level.buckets.get(hash) ?? [];
    if (bucket.some((entry) => isSame(entry.words, words))) return false;
    level.buckets.set(hash, [...bucket, { words, target }]);
    return true;
  }

  /** Removes a prefix, if it exists. */
  remove(prefix: IPv6Prefix): void {
    const level = this.#level(prefix.length ?? 128);
    const words = maskedWords(prefix.address, level.masks);
    const hash = hashWords(words[0], words[1], words[2], words[3]);
    const bucket = level.buckets.get(hash) ?? [];
    level.buckets.set(
      hash,
      bucket.filter((entry) => !isSame(entry.words, words)),
    );
  }

  /** The target of the longest prefix that an address is in. */
  find(word0: number, word1: number, word2: number, word3: number): Target | undefined {
    for (const { masks, buckets } of this.#levels) {
      const a = word0 & masks[0];
      const b = word1 & masks[1];
      const c = word2 & masks[2];
      const d = word3 & masks[3];
      const bucket = buckets.get(hashWords(a, b, c, d));
      if (bucket === undefined) continue;
      for (const { words, target } of bucket) {
        if (words[0] === a && words[1] === b && words[2] === c && words[3] === d) return target;
      }
    }
    return undefined;
  }

  #level(length: number): Level<Target> {
    if (!Number.isInteger(length) || length < 0 || length > 128) {
      throw new RangeError(`An IPv6 prefix has 0 to 128 bits, not ${length}.`);
    }
    const known = this.#levels.find((level) => level.length === length);
    if (known !== undefined) return known;
    const masks = Int32Array.from([0, 32, 64, 96], (start) => {
      const bits = Math.min(Math.max(length - start, 0), 32);
      return bits === 0 ? 0 : -1 << (32 - bits);
    });
    const level: Level<Target> = { length, masks, buckets: new Map() };
    this.#levels.push(level);
    this.#levels.sort((one, other) => other.length - one.length);
    return level;
  }
}

function maskedWords(address: Uint8Array, masks: Int32Array): Int32Array {
  return masks.map((mask, index) => get32(address, index * 4) & mask);
}

function hashWords(a: number, b: number, c: number, d: number): number {
  return mix(mix(mix(a, b), c), d);
}

function isSame(one: Int32Array, other: Int32Array): boolean {
  return one.every((word, index) => word === other[index]);
}
