import type { MemoryHeader } from "./memory-header.ts";

/** A clock that jumps further than this, in milliseconds, is another clock. */
const MAX_STEP_MS = 2 ** 30;

/**
 * The clock of a state: from the caller's milliseconds to the int32 of the records, which wraps. The two numbers that
 * relate them are in the memory's header, so that a state in a used buffer continues as if no time had passed.
 */
export class StateClock {
  readonly #header: MemoryHeader;
  #base = 0;

  constructor(header: MemoryHeader, now: number) {
    this.#header = header;
    this.follow(now);
  }

  /** The int32 time of `now`. */
  time(now: number): number {
    return (now - this.#base) | 0;
  }

  /** Whether the caller was away for so long that times in the records may wrap before it comes again. */
  wasAwayTooLong(now: number): boolean {
    return now - this.#header.lastNow > MAX_STEP_MS;
  }

  /** When the caller's clock was noted last. */
  get noted(): number {
    return this.#header.lastNow;
  }

  /** Notes that the caller's clock shows `now`. */
  note(now: number): void {
    this.#header.lastNow = now;
  }

  /** Follows the clock of a new caller, which may have started again. */
  follow(now: number): void {
    const header = this.#header;
    if (now < header.lastNow || now - header.lastNow > MAX_STEP_MS) header.base += now - header.lastNow;
    header.lastNow = now;
    this.#base = header.base;
  }
}
