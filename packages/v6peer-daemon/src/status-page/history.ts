/** The last minutes, row by row, in memory that never grows. */
import { type History, RECENT_SECONDS, SERIES, type Series } from "@nat64/status-page";

/** Milliseconds between two rows, and how many are kept: a quarter of an hour. */
export const ROW_INTERVAL_MS = 2_000;
export const MAX_ROWS = 450;

/** Rows that {@link HistoryRing.dropsSince} looks back at most. */
const RECENT_ROWS = (RECENT_SECONDS * 1000) / ROW_INTERVAL_MS;

/** What was counted since the start, at one moment. */
export interface Totals {
  /** Milliseconds since 1970, on a clock that never goes back. */
  readonly at: number;
  /** Bytes of clients: from them, and to them. */
  readonly up: number;
  readonly down: number;
  /** Sessions that there are, and that were ever opened. */
  readonly sessions: number;
  readonly opened: number;
  /** Milliseconds that the thread which forwards did not wait. */
  readonly busy: number;
  /** Packets that were dropped, by whatever tells the reasons apart. */
  readonly drops: ReadonlyMap<string, number>;
}

/** Makes rows of totals: what came in the time between two of them, by the second. */
export class HistoryRing {
  readonly #at = new Float64Array(MAX_ROWS);
  readonly #columns: Readonly<Record<Series, Float64Array>> = {
    up: new Float64Array(MAX_ROWS),
    down: new Float64Array(MAX_ROWS),
    sessions: new Float64Array(MAX_ROWS),
    opened: new Float64Array(MAX_ROWS),
    dropped: new Float64Array(MAX_ROWS),
  };
  /** Rows that ever were; those before the last {@link MAX_ROWS} are overwritten. */
  #rows = 0;
  #last: Totals | undefined;
  /** Drops of each of the recent looks, the oldest first. */
  readonly #drops: ReadonlyMap<string, number>[] = [];
  #busy = 0;

  /** Takes in what was counted; the first time there is nothing to compare with, and no row. */
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

  /** Share of the time between the last two looks that the thread was busy, 0 to 1. */
  get busy(): number {
    return this.#busy;
  }

  /** Recent drops by what tells the reasons apart; what is not in it has none. */
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

/** Never below zero: what was counted on its way may be dropped after all, and counters may begin anew. */
function perSecond(before: number, now: number, seconds: number): number {
  return Math.max(0, now - before) / seconds;
}

function sum(drops: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of drops.values()) total += count;
  return total;
}
