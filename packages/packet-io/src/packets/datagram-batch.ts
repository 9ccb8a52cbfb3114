import { type PacketBatch, type PacketBatchSize, viewBlock } from "./batch.ts";
import { BATCH_OF_DATAGRAMS, createBatchBlock } from "./batch-block.ts";
import { checkSizes } from "./sizes.ts";

/**
 * A batch of UDP datagrams over IPv4: a {@link PacketBatch} with a remote address for each slot. A datagram
 * usually carries an IP packet, and then one slot may hold a super-packet; other datagrams travel unchanged.
 */
export interface DatagramBatch extends PacketBatch {
  /** The remote IPv4 address: a big-endian word as a signed integer, for 192.0.2.1 0xc0000201 | 0. */
  readonly address: Int32Array;
  /** The remote port. A send skips slots with port 0. */
  readonly port: Uint16Array;
}

/** The most datagrams that share one message on a send. */
export const MAX_SEGMENTS = 64;

/** Bytes that a receive needs free for each message, merged or not */
export const MESSAGE_ROOM = 65_536;

/**
 * Makes an empty batch. Allocate it once and reuse it. Throws `RangeError` on sizes that are not positive integers.
 * A receive takes as many messages as have {@link MESSAGE_ROOM} in the buffer and {@link MAX_SEGMENTS} slots.
 */
export function createDatagramBatch(size: PacketBatchSize = {}): DatagramBatch {
  const { bytes = 1 << 20, capacity = 128 } = size;
  checkSizes(typeof bytes === "number" ? bytes : bytes.length, capacity);
  const made = createBatchBlock(capacity, BATCH_OF_DATAGRAMS);
  const { buffer } = made.block;
  const [address, port] = made.starts.slice(-2);
  return {
    ...viewBlock(bytes, capacity, made),
    address: new Int32Array(buffer, address, capacity),
    port: new Uint16Array(buffer, port, capacity),
  };
}
