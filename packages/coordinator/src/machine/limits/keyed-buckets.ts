import { TokenBucket } from "./token-bucket.ts";

/** Groups that keys fall into. */
const GROUPS = 1024;

/**
 * A token bucket for each number (an address, the start of a prefix) in fixed memory, since sources can be invented:
 * numbers fall into groups by a hash with a secret, so that nobody can choose whose allowance to use up.
 */
export class KeyedBuckets {
  readonly #seed: number;
  readonly #buckets: readonly TokenBucket[];

  /** @param seed a secret random int32 word */
  constructor(perSecond: number, burst: number, seed: number, now: number) {
    this.#seed = seed | 0;
    this.#buckets = Array.from({ length: GROUPS }, () => new TokenBucket(perSecond, burst, now));
  }

  /** @param words the key, int32 words */
  take(words: readonly number[], now: number): boolean {
    return this.#buckets[this.#groupOf(words)].take(now);
  }

  #groupOf(words: readonly number[]): number {
    let hash = this.#seed;
    for (const word of words) {
      hash = Math.imul(hash ^ word, 0x85eb_ca6b);
      hash = Math.imul(hash ^ (hash >>> 13) ^ this.#seed, 0xc2b2_ae35);
      hash ^= hash >>> 16;
    }
    return hash & (GROUPS - 1);
  }
}
