/** Use of a monthly quota. Without I/O: the caller passes the time and the byte counter. All times are in milliseconds. */

/** Share of the quota that is reserved for open sessions. */
const RESERVE = 1 / 20;

/** Earlier times are wrong: a host without a hardware clock starts in 1970, until it gets the time from the network. */
export const MIN_TIME_MS: number = Date.UTC(2026, 0);

/** A month and its use. */
export interface MonthUse {
  /** Start of the month, ISO 8601. */
  readonly starts: string;
  /** Bytes. */
  readonly used: number;
  /** The month before, in case the clock was ahead and this one has not started yet. */
  readonly before?: { readonly starts: string; readonly used: number } | undefined;
}

/** The start of the month that contains a time. @param day on which months start, 1 … 28 @returns milliseconds since 1970 */
export function monthStart(time: number, day: number): number {
  const date = new Date(time);
  const isBefore = date.getUTCDate() < day;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - (isBefore ? 1 : 0), day);
}

/** The start of the next month. */
export function monthEnd(time: number, day: number): number {
  const start = new Date(monthStart(time, day));
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, day);
}

/** The last bytes of a monthly quota, which are reserved for open sessions. */
export function reserveOf(monthly: number): number {
  return Math.floor(monthly * RESERVE);
}

/** Counts the bytes of a month across restarts. */
export class Month {
  readonly #day: number;
  #starts: number;
  /** Bytes used before the counter started, minus those counted before the month started. */
  #base: number;
  /** The month before: when it started, and its use. */
  #before: { readonly starts: number; readonly used: number } | undefined;

  /**
   * @param kept the saved use; it counts if it is of this month, if the clock is not set yet, or if the clock was ahead when it was
   * saved
   * @param passed current value of the byte counter; these bytes do not count
   */
  constructor(day: number, kept: MonthUse | undefined, time: number, passed = 0) {
    this.#day = day;
    const starts = monthStart(time, day);
    const keptStarts = kept === undefined ? Number.NaN : Date.parse(kept.starts);
    const continues = keptStarts === starts || (time < MIN_TIME_MS && keptStarts > starts);
    this.#starts = continues ? keptStarts : starts;
    this.#base = (continues && kept !== undefined ? kept.used : 0) - passed;
    if (kept === undefined) return;
    this.#before = beforeOf(kept);
    if (continues) return;
    if (keptStarts < starts) this.#before = { starts: keptStarts, used: kept.used };
    else this.#goBack(starts, kept.used, passed);
  }

  /** Continues with another first day of the month. The use stays unless the new day starts a new month. */
  static from(month: Month, day: number, passed: number, time: number): Month {
    const next = new Month(day, undefined, time);
    next.#base = month.#base;
    if (monthStart(time, day) > monthStart(time, month.#day)) next.#base = -passed;
    return next;
  }

  /**
   * Starts a new month if it is time. If the clock was set back to an earlier month, that one continues with what was used in it and
   * since: setting the clock forward and back gives nobody another quota.
   *
   * @param passed current value of the byte counter @returns whether there is another month
   */
  turn(passed: number, time: number): boolean {
    const starts = monthStart(time, this.#day);
    if (starts === this.#starts || time < MIN_TIME_MS) return false;
    const { used } = this.use(passed);
    if (starts < this.#starts) {
      this.#goBack(starts, used, passed);
      return true;
    }
    this.#before = { starts: this.#starts, used };
    this.#starts = starts;
    this.#base = -passed;
    return true;
  }

  /** The use when the byte counter has the given value. */
  use(passed: number): MonthUse {
    const before = this.#before;
    return {
      starts: new Date(this.#starts).toISOString(),
      used: Math.max(0, this.#base + passed),
      ...(before !== undefined && { before: { starts: new Date(before.starts).toISOString(), used: before.used } }),
    };
  }

  /** The value of the byte counter when so many bytes are used. */
  counterAt(used: number): number {
    return used - this.#base;
  }

  /** Continues an earlier month. @param used bytes since the clock was ahead */
  #goBack(starts: number, used: number, passed: number): void {
    const before = this.#before;
    this.#base = used + (before?.starts === starts ? before.used : 0) - passed;
    this.#starts = starts;
    this.#before = undefined;
  }

  get ends(): string {
    return new Date(monthEnd(this.#starts, this.#day)).toISOString();
  }
}

function beforeOf({ before }: MonthUse): { readonly starts: number; readonly used: number } | undefined {
  return before && { starts: Date.parse(before.starts), used: before.used };
}
