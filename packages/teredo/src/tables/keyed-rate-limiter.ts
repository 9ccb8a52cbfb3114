import { KeyedHash } from "./keyed-hash.ts";

/** Groups that endpoints fall into; a group shares one allowance. */
const GROUPS = 4096;

/**
 * A token bucket for each IPv4 address and port, in fixed memory: they are put into groups by a keyed hash, so nobody
 * can choose whose allowance to use up.
 */
export class KeyedRateLimiter {
  readonly #perSecond: number;
  /** Never below 1: a slower rate would otherwise let nothing pass at all. */
  readonly #burst: number;
  readonly #hash: KeyedHash;
  readonly #tokens: Float64Array;
  readonly #filled: Float64Array = new Float64Array(GROUPS);

  /** @param perSecond events per second of one endpoint, and as many at once, but at least one; 0 lets nothing happen */
  constructor(perSecond: number, hashKey: readonly [number, number]) {
    this.#perSecond = perSecond;
    this.#burst = perSecond === 0 ? 0 : Math.max(1, perSecond);
    this.#hash = new KeyedHash(hashKey[0], hashKey[1]);
    this.#tokens = new Float64Array(GROUPS).fill(this.#burst);
  }

  /** Whether one more event may happen at `now` (milliseconds); if so, it is counted. @param port 0 for all ports */
  allow(address: number, port: number, now: number): boolean {
    const group = this.#hash.of3(address | 0, port, 0) & (GROUPS - 1);
    const gained = Math.max(0, ((now - this.#filled[group]) * this.#perSecond) / 1000);
    this.#tokens[group] = Math.min(this.#burst, this.#tokens[group] + gained);
    this.#filled[group] = now;
    if (this.#tokens[group] < 1) return false;
    this.#tokens[group]--;
    return true;
  }
}
