import type { EngineCounters } from "../../counters.ts";
import type { SessionSlice } from "../../session-record.ts";

/** What a mode of the engine does between packets: timers, packets that were held, lists for people. */
export interface Upkeep {
  /** Copies the next held packet that may go on to `at` and returns its bytes; 0 when there is none. */
  release(bytes: Uint8Array, at: number): number;
  /** Lets a bounded number of timers act; returns milliseconds until the next call is due. */
  advance(bytes: Uint8Array, now: number): number;
  /** Writes down how many sessions and the like there are. */
  count(counters: EngineCounters): void;
  /** Looks at up to `limit` records of the session table from record `from` on. */
  listSessions(from: number, limit: number, now: number): SessionSlice;
}

/** A stateless translator has nothing to keep up. */
export const NO_UPKEEP: Upkeep = {
  release: () => 0,
  advance: () => Number.POSITIVE_INFINITY,
  count: () => {},
  listSessions: () => ({ rows: [], next: -1 }),
};
