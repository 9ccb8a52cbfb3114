import { KeyedHash } from "../hash/keyed-hash.ts";

/** Groups that keys fall into; a group shares one allowance. */
const GROUPS = 4096;

/**
 * A token bucket of events for each key: an address, an address and port, or the start of a prefix. Senders can forge
 * addresses, so its memory is fixed: a hash with a secret key puts the keys into groups, and nobody can choose whose
 * allowance to use up.
 */
export class KeyedRateLimiter {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #hash: KeyedHash;
  readonly #tokens: Float64Array;
  readonly #filledAt: Float64Array = new Float64Array(GROUPS).fill(Number.NEGATIVE_INFINITY);

  /**
   * @param perSecond events per second of one key; may be a fraction; 0 lets nothing happen
   * @param hashKey two secret random words
   * @param burst events of one key that may happen at once; default: those of one second. It is never below 1, as in
   * `RateLimiter`
   */
  constructor(perSecond: number, hashKey: readonly [number, number], burst: number = perSecond) {
    this.#perSecond = perSecond;
    this.#burst = perSecond === 0 ? 0 : Math.max(1, burst);
    this.#hash = new KeyedHash(hashKey[0], hashKey[1]);
    this.#tokens = new Float64Array(GROUPS).fill(this.#burst);
  }

  /**
   * Whether one more event of a key may happen at `now` (milliseconds). If so, it is counted. An earlier `now` adds no
   * tokens.
   *
   * @param first a word of the key, such as an IPv4 address
   * @param second the other word, such as a port; 0 if the key has one word
   */
  allow(first: number, second: number, now: number): boolean {
    const group = this.#hash.of3(first | 0, second | 0, 0) & (GROUPS - 1);
    if (now > this.#filledAt[group]) {
      const gained = ((now - this.#filledAt[group]) * this.#perSecond) / 1000;
      this.#tokens[group] = this.#burst === 0 ? 0 : Math.min(this.#burst, this.#tokens[group] + gained);
      this.#filledAt[group] = now;
    }
    if (this.#tokens[group] < 1) return false;
    this.#tokens[group]--;
    return true;
  }
}
