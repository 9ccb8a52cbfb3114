/** So many events per second in the long run, and so many at once. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAt = now;
  }

  /** Whether one more may happen at `now` (milliseconds); if so, it is counted. */
  take(now: number): boolean {
    const gained = (Math.max(0, now - this.#filledAt) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAt = Math.max(this.#filledAt, now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
