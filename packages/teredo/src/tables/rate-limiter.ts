/** A token bucket: so many events per second in the long run, and as many at once, but always at least one. */
export class RateLimiter {
  readonly #perSecond: number;
  /** Never below 1: a slower rate would otherwise let nothing pass at all. */
  readonly #burst: number;
  #tokens: number;
  #filled = Number.NEGATIVE_INFINITY;

  /** @param perSecond may be a fraction; 0 lets nothing happen at all */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#burst = perSecond === 0 ? 0 : Math.max(1, perSecond);
    this.#tokens = this.#burst;
  }

  /** Whether one more event may happen at `now` (milliseconds); if so, it is counted. */
  allow(now: number): boolean {
    if (now > this.#filled) {
      const gained = ((now - this.#filled) * this.#perSecond) / 1000;
      this.#tokens = Math.min(this.#burst, this.#tokens + (this.#perSecond === 0 ? 0 : gained));
      this.#filled = now;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
