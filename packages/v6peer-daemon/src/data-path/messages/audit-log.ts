/** Messages between the main thread and the data path's thread about the audit log. They survive structured cloning. */

/** A question for what happened to blocks of ports. Answered with a `BlockReport` of the engine. */
export interface BlockQuestion {
  /** Start recording now and discard earlier records. */
  readonly begin?: boolean;
  /** List the blocks that are owned, starting here; see `BlockReport.next`. */
  readonly from?: number;
}
