/** The history of the last minutes, row by row, in memory of fixed size. */
import { type History, RECENT_SECONDS, SERIES, type Series } from "@nat64/status-page";

/** Interval between two rows, and how many rows are kept: a quarter of an hour. */
export const ROW_INTERVAL_MS = 2_000;
export const MAX_ROWS = 450;

/** Number of rows that {@link HistoryRing.recentDrops} covers. */
const RECENT_ROWS = (RECENT_SECONDS * 1000) / ROW_INTERVAL_MS;

/** Totals since the start, at one moment. */
export interface Totals {
  /** Milliseconds since 1970, on a clock that never goes back. */
  readonly at: number;
  /** Bytes of clients: from them, and to them. */
  readonly up: number;
  readonly down: number;
  /** Current sessions, and sessions opened since the start. */
  readonly sessions: number;
  readonly opened: number;
  /** Milliseconds for which the data path's thread was busy. */
  readonly busy: number;
  /** Dropped packets, by a key for the reason. */
  readonly drops: ReadonlyMap<string, number>;
}

/** Makes rows from totals: rates per second between two totals. */
export class HistoryRing {
  readonly #at = new Float64Array(MAX_ROWS);
  readonly #columns: Readonly<Record<Series, Float64Array>> = {
    up: new Float64Array(MAX_ROWS),
    down: new Float64Array(MAX_ROWS),
    sessions: new Float64Array(MAX_ROWS),
    opened: new Float64Array(MAX_ROWS),
    dropped: new Float64Array(MAX_ROWS),
  };
  /** Number of rows ever added; those before the last {@link MAX_ROWS} are overwritten. */
  #rows = 0;
  #last: Totals | undefined;
  /** Drops in the recent totals, the oldest first. */
  readonly #drops: ReadonlyMap<string, number>[] = [];
  #busy = 0;

  /** Adds totals. The first call adds no row, because there is nothing to compare with. */
  add(totals: Totals): void {
    const before = this.#last;
    if (before !== undefined && totals.at <= before.at) return;
    this.#last = totals;
    this.#drops.push(totals.drops);
    if (this.#drops.length > RECENT_ROWS + 1) this.#drops.shift();
    if (before === undefined) return;
    const seconds = (totals.at - before.at) / 1000;
    const slot = this.#rows++ % MAX_ROWS;
    const { up, down, sessions, opened, dropped } = this.#columns;
    this.#at[slot] = totals.at;
    up[slot] = perSecond(before.up, totals.up, seconds) * 8;
    down[slot] = perSecond(before.down, totals.down, seconds) * 8;
    sessions[slot] = totals.sessions;
    opened[slot] = perSecond(before.opened, totals.opened, seconds);
    dropped[slot] = perSecond(sum(before.drops), sum(totals.drops), seconds);
    this.#busy = Math.min(1, perSecond(before.busy, totals.busy, seconds) / 1000);
  }

  /** Share of the time between the last two totals for which the thread was busy, 0 to 1. */
  get busy(): number {
    return this.#busy;
  }

  /** Recent drops, by the key for the reason. Missing keys have none. */
  recentDrops(): ReadonlyMap<string, number> {
    const [first] = this.#drops;
    const last = this.#last;
    if (first === undefined || last === undefined) return new Map();
    return new Map([...last.drops].map(([reason, count]) => [reason, Math.max(0, count - (first.get(reason) ?? 0))]));
  }

  /** Rows later than a time, the oldest first. */
  since(time: number): History {
    const rows: number[] = [];
    for (let row = Math.max(0, this.#rows - MAX_ROWS); row < this.#rows; row++) {
      if (this.#at[row % MAX_ROWS] > time) rows.push(row % MAX_ROWS);
    }
    const column = (values: Float64Array) => rows.map((slot) => Math.round(values[slot] * 100) / 100);
    const columns = Object.fromEntries(SERIES.map((series) => [series, column(this.#columns[series])]));
    return { at: rows.map((slot) => this.#at[slot]), ...(columns as Record<Series, number[]>) };
  }
}

/** Never negative: a counted packet may still be dropped later, and counters may restart. */
function perSecond(before: number, now: number, seconds: number): number {
  return Math.max(0, now - before) / seconds;
}

function sum(drops: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of drops.values()) total += count;
  return total;
}
