/** The sizes of the records and bit maps of `PortBitmaps`. */
import { blocksOf, type PoolAddress } from "./pool-address.ts";

/** Words of the record of a space: the ports of one pool address and protocol. */
export const SPACE_WORDS = 8;
/** Words of a block's record. */
export const BLOCK_WORDS = 8;
/** Bit maps of each space over its blocks: without owner, with a free even port, with a free odd port. */
export const BLOCK_MAPS = 3;

/** Words that the port allocator needs for a pool. */
export function portWords(pool: readonly PoolAddress[]): number {
  let words = 0;
  for (const { ranges } of pool) {
    for (const range of ranges) {
      const blocks = blocksOf(range);
      words += SPACE_WORDS + blocks * BLOCK_WORDS + BLOCK_MAPS * Math.ceil(blocks / 32);
    }
  }
  return words;
}
