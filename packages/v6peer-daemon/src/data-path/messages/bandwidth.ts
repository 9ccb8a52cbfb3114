/** Messages between the main thread and the data path's thread about bandwidth. They survive structured cloning. */
import type { DailyLimits, SavedShares, ShaperCounters, ShaperSettings } from "@nat64/nat64-engine/shaping";

/** The new limits; `undefined` means no limit. */
export interface BandwidthOrder {
  readonly up: ShaperSettings;
  readonly down: ShaperSettings;
  /** Total bytes of both directions since the start at which the quota is used up; left out, there is no quota. */
  readonly until?: number;
  /** The last bytes of the quota, reserved for open sessions: once only these are left, new sessions are refused. */
  readonly reserve?: number;
  /** What a single client may use in a day; left out for no limit. */
  readonly shares?: SharesOrder;
}

/** Shares of clients in the quota. */
export interface SharesOrder extends DailyLimits {
  /** Identifies the day: with another one, nothing is used. */
  readonly day: number;
  /** What was used on this day before a restart. */
  readonly kept?: SavedShares;
}

/** State of the monthly quota. `nothing-new`: only open sessions continue. */
export type BudgetState = "open" | "nothing-new" | "used";

/** Counters of both directions. */
export interface BandwidthCounters {
  readonly up: ShaperCounters;
  readonly down: ShaperCounters;
  readonly budget: BudgetState;
}
