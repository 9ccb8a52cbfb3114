/** The wait before the next attempt: doubles after each failure, with jitter (PROTOCOL.md §2). */
import { FIRST_RETRY_MS, LONGEST_RETRY_MS } from "./options.ts";

export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  /** @param random an int32 word */
  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * Returns the milliseconds to wait after another failure.
   *
   * @param least the minimum that the other side asked for, in milliseconds. Jitter only adds to it, so that
   * peers that were told the same do not all reconnect at once.
   */
  next(least: number): number {
    const chance = (this.#random() >>> 0) / 2 ** 32;
    const base = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    return Math.round(Math.max(base * (0.5 + chance), least * (1 + chance / 2)));
  }

  /** Call it after a success. */
  reset(): void {
    this.#failures = 0;
  }
}
