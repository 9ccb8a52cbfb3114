/**
 * At most so many events in any second, counted exactly. For limits that a protocol states as a number in a second: a
 * {@link RateLimiter} lets up to twice as many through in the second after a pause. It needs memory for each event, so it is
 * for low rates.
 */
export class EventWindow {
  readonly #times: Float64Array;
  #oldest = 0;

  /** @param maxPerSecond a whole number; 0 lets nothing happen */
  constructor(maxPerSecond: number) {
    this.#times = new Float64Array(maxPerSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether one more event may happen at `now` (milliseconds). If so, it is counted. */
  allow(now: number): boolean {
    if (this.#times.length === 0 || now - this.#times[this.#oldest] < 1_000) return false;
    this.#times[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.#times.length;
    return true;
  }
}
