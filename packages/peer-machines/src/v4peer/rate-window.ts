/** So many in a second, counted exactly over the last one: for things that happen a few times. */
export class RateWindow {
  readonly #times: Float64Array;
  #next = 0;

  /** @param perSecond at least 1 */
  constructor(perSecond: number) {
    this.#times = new Float64Array(perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether one more may happen at `now` (milliseconds); if so, it is counted. */
  allow(now: number): boolean {
    if (now - this.#times[this.#next] < 1_000) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#times.length;
    return true;
  }
}
