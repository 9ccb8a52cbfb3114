/** How packets are placed in the buffer that receives them, and which of them are merged. */

/** Merge nothing. */
export const MERGE_NONE = 0;
/** Merge packets of a TCP flow. */
export const MERGE_TCP = 1;
/** … and those of a UDP flow. */
export const MERGE_ALL = 2;

/** Which packets of a flow a read merges into super-packets: one of the `MERGE_*` constants. */
export type Merge = typeof MERGE_NONE | typeof MERGE_TCP | typeof MERGE_ALL;

/** Bytes kept free before each packet by default, so that headers grow in place. */
export const DEFAULT_HEADROOM = 64;

/** How packets are laid out in the buffer that receives them. */
export interface ReadOptions {
  /** Free bytes before each packet; rounded up to a multiple of 4; default {@link DEFAULT_HEADROOM}. */
  readonly headroom?: number;
  /** Bytes at the end of `bytes` that stay untouched, for packets that the reader makes itself; default 0. */
  readonly reserve?: number;
  /**
   * Merges consecutive packets of a flow into super-packets after all have been read; default {@link MERGE_NONE}.
   * Checksums are verified first: a packet with a wrong one stays as it is.
   */
  readonly merge?: Merge;
}

/** The defaults. */
export const NO_READ_OPTIONS: ReadOptions = {};
