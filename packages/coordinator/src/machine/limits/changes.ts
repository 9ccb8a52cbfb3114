/**
 * Limits on changes that a peer makes and that others are told: another mapping, a drain or its cancellation, another
 * prefix (PROTOCOL.md §16). A change of a whole peer counts once, although each of its pairs hears of it.
 */

/** Changes per second of one peer, and of one end of a pair. */
export const CHANGES_PER_SECOND = 0.1;

/** Changes at once. */
export const CHANGE_BURST = 4;

/** Seconds after which a refused change may be tried again. */
export const CHANGE_RETRY_SECONDS: number = Math.ceil(1 / CHANGES_PER_SECOND);
