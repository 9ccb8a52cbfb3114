/** A day of the monthly quota, and the share of it that a single client may use. Without I/O; times are in milliseconds. */
import type { DailyLimits } from "@nat64/nat64-engine/shaping";
import { MIN_TIME_MS } from "./month.ts";

const DAY_MS = 86_400_000;

/** A /48 may use as much as so many /64s. */
const SITE_FACTOR = 2;

/** A day as it is saved. */
export interface DayUse {
  /** Start of the day, ISO 8601. */
  readonly starts: string;
  /** Bytes of the month that were used before. */
  readonly usedBefore: number;
}

export class Day {
  #starts: number;
  #usedBefore: number;

  /** @param kept the saved day; it counts if it is this one, or if the clock is not set yet @param used bytes of the month */
  constructor(kept: DayUse | undefined, used: number, time: number) {
    const starts = dayStart(time);
    const keptStarts = kept === undefined ? Number.NaN : Date.parse(kept.starts);
    const continues = keptStarts === starts || (time < MIN_TIME_MS && keptStarts > starts);
    this.#starts = continues ? keptStarts : starts;
    this.#usedBefore = continues && kept !== undefined ? kept.usedBefore : used;
  }

  /** When the day started. */
  get starts(): number {
    return this.#starts;
  }

  /** Starts a new day if it is time. @param used bytes of the month @returns whether a day started */
  turn(used: number, time: number): boolean {
    const starts = dayStart(time);
    // A clock that was set back a little must not give everybody another share.
    if (time < MIN_TIME_MS || starts === this.#starts || this.#starts - starts === DAY_MS) return false;
    this.#starts = starts;
    this.#usedBefore = used;
    return true;
  }

  use(): DayUse {
    return { starts: new Date(this.#starts).toISOString(), usedBefore: this.#usedBefore };
  }

  /**
   * What a client may use today: a share of the day's part, which is what was left of the month this morning, divided by the days
   * that are left.
   *
   * @param monthly the quota in bytes @param monthEnds when it is renewed @param percent 1 … 100
   */
  limits(monthly: number, monthEnds: number, percent: number): DailyLimits {
    const days = Math.max(1, Math.round((monthEnds - this.#starts) / DAY_MS));
    const part = Math.max(0, monthly - this.#usedBefore) / days;
    const client = Math.floor((part * percent) / 100);
    return { client, site: Math.min(SITE_FACTOR * client, Math.floor(part)) };
  }
}

/** Midnight UTC. */
function dayStart(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}
