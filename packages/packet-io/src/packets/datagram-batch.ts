import { createPacketBatch, type PacketBatch, type PacketBatchSize } from "./batch.ts";

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
  const batch = createPacketBatch(size);
  return { ...batch, address: new Int32Array(batch.capacity), port: new Uint16Array(batch.capacity) };
}
