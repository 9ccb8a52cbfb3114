/** Groups that keys fall into. */
const GROUPS = 4096;

/**
 * A token bucket for each key (an address, the start of a prefix) in fixed memory, since sources can be invented: keys
 * fall into groups by a hash with a secret, so that nobody can choose whose allowance to use up.
 */
export class KeyedBuckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #seed: number;
  readonly #tokens: Float64Array;
  readonly #filledAt: Float64Array;

  /** @param seed a secret random int32 word */
  constructor(perSecond: number, burst: number, seed: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#seed = seed | 0;
    this.#tokens = new Float64Array(GROUPS).fill(burst);
    this.#filledAt = new Float64Array(GROUPS).fill(now);
  }

  /** Whether one more may happen at `now` (milliseconds); if so, it is counted. @param key int32 words */
  take(key: readonly number[], now: number): boolean {
    const group = this.#groupOf(key);
    const gained = (Math.max(0, now - this.#filledAt[group]) * this.#perSecond) / 1000;
    this.#tokens[group] = Math.min(this.#burst, this.#tokens[group] + gained);
    this.#filledAt[group] = now;
    if (this.#tokens[group] < 1) return false;
    this.#tokens[group]--;
    return true;
  }

  #groupOf(key: readonly number[]): number {
    let hash = this.#seed;
    for (const word of key) {
      hash = Math.imul(hash ^ word, 0x85eb_ca6b);
      hash = Math.imul(hash ^ (hash >>> 13) ^ this.#seed, 0xc2b2_ae35);
      hash ^= hash >>> 16;
    }
    return hash & (GROUPS - 1);
  }
}
