/** Seconds after which a drain resets the remaining sessions by default. */
export const DEFAULT_DRAIN_SECONDS = 300;

/** The longest time limit of a drain (PROTOCOL.md, `drain`). */
export const MAX_DRAIN_SECONDS = 3600;
