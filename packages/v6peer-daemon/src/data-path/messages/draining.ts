/** Messages between the main thread and the data path's thread about draining. They survive structured cloning. */

/** What to drain: everything, the local exit, or a pair by its id. */
export type DrainTarget = "all" | "local" | { readonly pair: string };

/** An order to start or cancel a drain. */
export interface DrainOrder {
  readonly target: DrainTarget;
  /** Seconds until open sessions are reset; left out, the drain is cancelled. */
  readonly within?: number;
}

/** The state of all drains. */
export interface DrainView {
  /** Present while everything drains, and afterwards. */
  readonly all?: DrainProgress;
  /** Present while the local exit drains, and afterwards until the drain is cancelled. */
  readonly local?: DrainProgress;
  /** Sessions that may still carry traffic, by exit; 0 is the local exit. All except closed TCP sessions. */
  readonly openSessions: readonly number[];
}

/** One drain. */
export interface DrainProgress {
  readonly state: "draining" | "drained";
  /** Seconds until the remaining sessions are reset. */
  readonly endsIn: number;
  /** Remaining open sessions. */
  readonly sessions: number;
  /** Sessions that were reset because time was up. */
  readonly cutOff: number;
}
