import type { EngineCounters } from "../../counters.ts";
import type { SessionSlice } from "../../session-record.ts";

/** The work of a mode between packets: timers, held packets, listings. */
export interface Upkeep {
  /** Copies the next released packet to `at`. Returns its length in bytes, 0 when there is none. */
  release(bytes: Uint8Array, at: number): number;
  /** Does a bounded amount of work. Returns milliseconds until the next call is due. */
  advance(bytes: Uint8Array, now: number): number;
  /** Updates the counters of sessions, held packets and the like. */
  count(counters: EngineCounters): void;
  /** Lists the sessions in up to `limit` records of the session table, from record `from` on. */
  listSessions(from: number, limit: number, now: number): SessionSlice;
}

/** A stateless translator has no upkeep. */
export const NO_UPKEEP: Upkeep = {
  release: () => 0,
  advance: () => Number.POSITIVE_INFINITY,
  count: () => {},
  listSessions: () => ({ rows: [], next: -1 }),
};
