/**
 * The arrays of a batch are views of one block of memory, so that a call to C hands over one thing. C computes where they
 * are from the header (native/packets/batch_block.h) and checks the block's size on each call.
 */

/** The block of a batch that has no remote addresses, and of one that has. */
export const BATCH_OF_PACKETS = 0;
export const BATCH_OF_DATAGRAMS = 1;

/** Bytes before the first array, and between two arrays at least. */
const GAP_BYTES = 64;

/** Bytes of one slot's elements, in the order of the arrays. */
const PACKET_ELEMENTS = [4, 4, 1, 1, 2, 2, 2, 2] as const;
const DATAGRAM_ELEMENTS = [...PACKET_ELEMENTS, 4, 2] as const;

/** A new block and where its arrays begin. */
export interface BatchBlock {
  readonly block: Uint32Array;
  /** Bytes from the block's start to each array. */
  readonly starts: readonly number[];
}

/** Makes a block for `capacity` slots. */
export function createBatchBlock(
  capacity: number,
  kind: typeof BATCH_OF_PACKETS | typeof BATCH_OF_DATAGRAMS,
): BatchBlock {
  const starts: number[] = [];
  let at = GAP_BYTES;
  for (const elementBytes of kind === BATCH_OF_DATAGRAMS ? DATAGRAM_ELEMENTS : PACKET_ELEMENTS) {
    starts.push(at);
    at = Math.ceil((at + elementBytes * capacity) / GAP_BYTES) * GAP_BYTES + GAP_BYTES;
  }
  const block = new Uint32Array(at / 4);
  block[0] = capacity;
  block[1] = kind;
  return { block, starts };
}
