import { checkSizes } from "./sizes.ts";

/**
 * A batch of UDP messages over IPv4: one buffer, and arrays that describe slot 0 … count-1 of it. A message is one
 * datagram, or several datagrams of one flow that the kernel merged (UDP_GRO) or will cut (UDP_SEGMENT).
 */
export interface DatagramBatch {
  /** One buffer that holds every message of the batch. */
  readonly bytes: Uint8Array;
  /** Number of slots in each array below. */
  readonly capacity: number;
  /** Slots in use: 0 … count-1. */
  count: number;
  /** Where each payload starts in `bytes`. A receive puts it at a multiple of 4. */
  readonly offset: Uint32Array;
  /** Length of each message's payload in bytes: 0 … 65,507. */
  readonly length: Uint32Array;
  /**
   * 0: the message is one datagram. Otherwise it is cut into datagrams of this many bytes, the last one shorter if need
   * be; at most {@link MAX_SEGMENTS} of them on a send.
   */
  readonly segmentSize: Uint16Array;
  /** The other end's IPv4 address: 4 bytes a slot, as on the wire. */
  readonly address: Uint8Array;
  /** The other end's port: 1 … 65,535 on a send. */
  readonly port: Uint16Array;
}

/** The most datagrams that one sent message may be cut into. */
export const MAX_SEGMENTS = 64;

/** Room that holds any message, merged or not, in bytes. */
export const DATAGRAM_ROOM = 65_536;

/** Sizes of a batch that {@link createDatagramBatch} makes. */
export interface DatagramBatchSize {
  /** Bytes of the buffer; default 1 MiB: 15 messages of any size at a time. */
  readonly bytes?: number;
  /** Number of slots; default 128. */
  readonly capacity?: number;
}

/** Makes an empty batch. Allocate once, use for ever. Throws `RangeError` on sizes that are not positive integers. */
export function createDatagramBatch(size: DatagramBatchSize = {}): DatagramBatch {
  const { bytes = 1 << 20, capacity = 128 } = size;
  checkSizes(bytes, capacity);
  return {
    bytes: new Uint8Array(bytes),
    capacity,
    count: 0,
    offset: new Uint32Array(capacity),
    length: new Uint32Array(capacity),
    segmentSize: new Uint16Array(capacity),
    address: new Uint8Array(4 * capacity),
    port: new Uint16Array(capacity),
  };
}
