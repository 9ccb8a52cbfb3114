/** What was used of a month's bytes. Without I/O: the caller says what time it is, and what has passed. */

/** Part of a month's bytes that is kept for sessions that there are. */
const RESERVE = 1 / 20;

/** Before this was written it cannot be: a host without a clock of its own begins in 1970, until somebody tells it the time. */
const MIN_TIME_MS = Date.UTC(2026, 0);

/** A month, by its beginning, and bytes of it that were used. */
export interface MonthUse {
  /** ISO 8601. */
  readonly starts: string;
  readonly used: number;
}

/** When the month began that a time lies in. @param day on which months begin, 1 … 28 @returns milliseconds since 1970 */
export function monthStart(time: number, day: number): number {
  const date = new Date(time);
  const isBefore = date.getUTCDate() < day;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - (isBefore ? 1 : 0), day);
}

/** When the next one begins. */
export function monthEnd(time: number, day: number): number {
  const start = new Date(monthStart(time, day));
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, day);
}

/** Of a month's bytes, those of the end that only sessions have that there are. */
export function reserveOf(monthly: number): number {
  return Math.floor(monthly * RESERVE);
}

/** Counts a month's bytes over restarts. */
export class Month {
  readonly #day: number;
  #starts: number;
  /** Bytes that were used before the counter began, less those that it had counted when the month began. */
  #base: number;

  /**
   * @param kept what is remembered from before; it counts if it is of this month, or nobody knows the time yet
   * @param passed bytes that the counter has already, which do not count
   */
  constructor(day: number, kept: MonthUse | undefined, time: number, passed = 0) {
    this.#day = day;
    const starts = monthStart(time, day);
    const keptStarts = kept === undefined ? Number.NaN : Date.parse(kept.starts);
    const goesOn = keptStarts === starts || (time < MIN_TIME_MS && keptStarts > starts);
    this.#starts = goesOn ? keptStarts : starts;
    this.#base = (goesOn && kept !== undefined ? kept.used : 0) - passed;
  }

  /** Goes on with another day on which months begin; what was used stays used unless another month has begun by that. */
  static from(month: Month, day: number, passed: number, time: number): Month {
    const next = new Month(day, undefined, time);
    next.#base = month.#base;
    if (monthStart(time, day) > monthStart(time, month.#day)) next.#base = -passed;
    return next;
  }

  /** Begins a new month if it is time to. @param passed bytes that the counter has now @returns whether it was */
  turn(passed: number, time: number): boolean {
    const starts = monthStart(time, this.#day);
    // A clock that was set back is no reason to begin a month again.
    if (starts <= this.#starts) return false;
    this.#starts = starts;
    this.#base = -passed;
    return true;
  }

  /** What was used when the counter had so many bytes. */
  use(passed: number): MonthUse {
    return { starts: new Date(this.#starts).toISOString(), used: Math.max(0, this.#base + passed) };
  }

  /** What the counter will have when so many bytes are used. */
  counterAt(used: number): number {
    return used - this.#base;
  }

  get ends(): string {
    return new Date(monthEnd(this.#starts, this.#day)).toISOString();
  }
}
