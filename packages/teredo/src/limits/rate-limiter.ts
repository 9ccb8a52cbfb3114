/** A token bucket of events: a rate in the long run, and a burst after a pause. */
export class RateLimiter {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt = Number.NEGATIVE_INFINITY;

  /**
   * @param perSecond may be a fraction; 0 lets nothing happen
   * @param burst events that may happen at once; default: those of one second. It is never below 1, because otherwise a
   * rate below one event a second would let nothing happen
   */
  constructor(perSecond: number, burst: number = perSecond) {
    this.#perSecond = perSecond;
    this.#burst = perSecond === 0 ? 0 : Math.max(1, burst);
    this.#tokens = this.#burst;
  }

  /** Whether one more event may happen at `now` (milliseconds). If so, it is counted. An earlier `now` adds no tokens. */
  allow(now: number): boolean {
    if (now > this.#filledAt) {
      const gained = ((now - this.#filledAt) * this.#perSecond) / 1000;
      // The first time, "gained" is infinite, or NaN for a rate of 0.
      this.#tokens = this.#burst === 0 ? 0 : Math.min(this.#burst, this.#tokens + gained);
      this.#filledAt = now;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
