/** The largest value of the last one to two windows. Several readers with different intervals can share it. */
export class RecentMaximum {
  readonly #window: number;
  #before = 0;
  #now = 0;
  #since: number = Number.NEGATIVE_INFINITY;

  /** @param window in milliseconds */
  constructor(window: number) {
    this.#window = window;
  }

  /** Adds a value and returns the largest. */
  add(value: number, now: number): number {
    if (now - this.#since >= this.#window) {
      this.#before = now - this.#since < 2 * this.#window ? this.#now : 0;
      this.#now = 0;
      this.#since = now;
    }
    this.#now = Math.max(this.#now, value);
    return Math.max(this.#before, this.#now);
  }
}
