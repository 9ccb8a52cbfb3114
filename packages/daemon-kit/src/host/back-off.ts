/** The first pause after a failure, and the longest, in ms. */
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** When something that failed is tried again: after a pause that doubles. Times are those of a clock that only goes forward. */
export class BackOff {
  #pause = 0;
  #dueAt = Number.NEGATIVE_INFINITY;

  /** The pause now, in ms; 0 while nothing has failed. */
  get pause(): number {
    return this.#pause;
  }

  /** Whether the pause is over. @param now ms */
  isDue(now: number): boolean {
    return now >= this.#dueAt;
  }

  /** It failed: the next pause is twice as long. @param now ms */
  grow(now: number): void {
    this.#pause = Math.min(LONGEST_MS, this.#pause === 0 ? FIRST_MS : this.#pause * 2);
    this.#dueAt = now + this.#pause;
  }

  /** It works. */
  reset(): void {
    this.#pause = 0;
    this.#dueAt = Number.NEGATIVE_INFINITY;
  }
}
