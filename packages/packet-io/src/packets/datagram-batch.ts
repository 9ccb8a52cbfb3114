import { type PacketBatch, type PacketBatchSize, viewBlock } from "./batch.ts";
import { BATCH_OF_DATAGRAMS, createBatchBlock } from "./batch-block.ts";
import { checkSizes } from "./sizes.ts";

/**
 * A batch of UDP datagrams over IPv4: a {@link PacketBatch} whose slots have another end, too. What a datagram carries
 * is usually an IP packet, and then several of one flow may be one super-packet; anything else travels as it is.
 */
export interface DatagramBatch extends PacketBatch {
  /** The other end's IPv4 address: a big-endian word as a signed integer, for 192.0.2.1 0xc0000201 | 0. */
  readonly address: Int32Array;
  /** The other end's port. On a send 0 leaves the slot out: it is for somebody else. */
  readonly port: Uint16Array;
}

/** The most datagrams that share one message on a send. */
export const MAX_SEGMENTS = 64;

/** What a receive must have free for each message, merged or not, in bytes. */
export const MESSAGE_ROOM = 65_536;

/**
 * Makes an empty batch. Allocate once, use for ever. Throws `RangeError` on sizes that are not positive integers.
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
