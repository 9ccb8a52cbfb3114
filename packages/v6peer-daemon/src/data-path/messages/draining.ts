/** What the main thread and the data path's thread tell each other about draining. It survives structured cloning. */

/** What drains: everything, the local exit, or a pair by its id. */
export type DrainTarget = "all" | "local" | { readonly pair: string };

/** Lets something drain for so many seconds, or no more. */
export interface DrainOrder {
  readonly target: DrainTarget;
  /** Seconds; left out, it is taken back. */
  readonly within?: number;
}

/** How far it is. */
export interface DrainView {
  /** There while everything drains, and after that. */
  readonly all?: DrainProgress;
  /** There while the local exit drains, and after that until it is taken back. */
  readonly local?: DrainProgress;
  /** Sessions over which something may still come, by exit; 0 is the local one. All but closed TCP sessions. */
  readonly openSessions: readonly number[];
}

/** One drain. */
export interface DrainProgress {
  readonly state: "draining" | "drained";
  /** Seconds until what is left is ended. */
  readonly endsIn: number;
  /** Open sessions that are left. */
  readonly sessions: number;
  /** Sessions that were ended because time was over. */
  readonly cutOff: number;
}
