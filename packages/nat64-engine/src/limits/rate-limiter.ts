/** A token bucket: so many events per second, and so many at once. For what the engine sends of itself (RFC 4443 §2.4 (f)). */
export class RateLimiter {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  /** When the tokens were last filled up; 0 before the first event, whose bucket is full anyway. */
  #filled = 0;

  /**
   * @param perSecond events per second in the long run
   * @param burst events that may come at once; 0 lets nothing happen at all
   */
  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Whether one more event may happen at `now` (milliseconds); if so, it is counted. */
  allow(now: number): boolean {
    if (now > this.#filled) {
      this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filled) * this.#perSecond) / 1000);
      this.#filled = now;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
