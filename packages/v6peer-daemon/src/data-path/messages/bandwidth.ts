/** What the main thread and the data path's thread tell each other about bandwidth. It survives structured cloning. */
import type { ShaperCounters, ShaperSettings } from "@nat64/nat64-engine/shaping";

/** What holds from now on; undefined stands for no limit. */
export interface BandwidthOrder {
  readonly up: ShaperSettings;
  readonly down: ShaperSettings;
  /** Bytes of both directions, counted since start, that may pass; left out, any number. */
  readonly until?: number;
  /** Of these, the last ones are for sessions that there are: with no more left nothing new begins. */
  readonly reserve?: number;
}

/** What has become of the month's bytes. */
export type BudgetState = "open" | "nothing-new" | "used";

/** Numbers of both directions. */
export interface BandwidthCounters {
  readonly up: ShaperCounters;
  readonly down: ShaperCounters;
  readonly budget: BudgetState;
}
