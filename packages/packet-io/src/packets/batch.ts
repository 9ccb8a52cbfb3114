import { BATCH_OF_PACKETS, type BatchBlock, createBatchBlock } from "./batch-block.ts";
import { checkSizes } from "./sizes.ts";

/**
 * A batch of IP packets: one buffer, and arrays that describe slot 0 … count-1 of it. Between C and
 * JavaScript only batches cross, never single packets. `nat64-engine` has the same interface without {@link PacketBatch.block}:
 * neither package imports the other (docs/decisions/0001).
 *
 * The per-packet fields below `length` are those of `struct virtio_net_hdr` (Virtio 1.2 §5.1.6), with positions
 * relative to the packet's start.
 */
export interface PacketBatch {
  /** One buffer that holds every packet of the batch. */
  readonly bytes: Uint8Array;
  /** Number of slots in each array below. */
  readonly capacity: number;
  /** Slots in use: 0 … count-1. */
  count: number;
  /** Where each IP header starts in `bytes`. A read puts it at a multiple of 4. */
  readonly offset: Uint32Array;
  /** Length of each IP packet in bytes, header included: 1 … 65,575. */
  readonly length: Uint32Array;
  /** Bits: 1 `NEEDS_CHECKSUM`, 2 `CHECKSUM_VALID`. */
  readonly flags: Uint8Array;
  /** What the packet is cut into: one of the `GSO_*` constants, and 0x80 (`GSO_ECN`) with the TCP ones. */
  readonly gsoType: Uint8Array;
  /** Payload bytes of each segment. Not 0 when `gsoType` is not 0. */
  readonly gsoSize: Uint16Array;
  /** All headers up to the end of the transport header, in bytes, when `gsoType` is not 0; otherwise 0. */
  readonly headerLength: Uint16Array;
  /** With `NEEDS_CHECKSUM`: where summing starts, which is the transport header. Relative to the packet. */
  readonly checksumStart: Uint16Array;
  /** With `NEEDS_CHECKSUM`: where the checksum goes, relative to `checksumStart`. */
  readonly checksumOffset: Uint16Array;
  /** The memory of these arrays, as C takes it. Made by {@link createPacketBatch}; nothing else may write to it. */
  readonly block: Uint32Array;
}

/** The longest IP packet there is, in bytes: 40 of IPv6 header and 65,535 of payload (RFC 8200 §3). */
export const MAX_PACKET_LENGTH = 65_575;

/** What a read must have free before it takes another packet, in bytes. */
export const READ_ROOM = 65_600;

/** Describes in slot `to` the packet of slot `from`: for code that takes packets out of a batch. */
export function moveSlot(batch: PacketBatch, from: number, to: number): void {
  if (from !== to) copySlot(batch, from, batch, to);
}

/** Describes in slot `to` of `target` the packet of slot `from`; both batches are over the same bytes. */
export function copySlot(batch: PacketBatch, from: number, target: PacketBatch, to: number): void {
  target.offset[to] = batch.offset[from];
  target.length[to] = batch.length[from];
  target.flags[to] = batch.flags[from];
  target.gsoType[to] = batch.gsoType[from];
  target.gsoSize[to] = batch.gsoSize[from];
  target.headerLength[to] = batch.headerLength[from];
  target.checksumStart[to] = batch.checksumStart[from];
  target.checksumOffset[to] = batch.checksumOffset[from];
}

/** Sizes of a batch that {@link createPacketBatch} makes. */
export interface PacketBatchSize {
  /**
   * Bytes of the buffer, or the buffer itself, which several batches may share; default 1 MiB. With less than
   * {@link READ_ROOM} plus headroom nothing can be read.
   */
  readonly bytes?: number | Uint8Array;
  /** Number of slots; default 128. */
  readonly capacity?: number;
}

/** Makes an empty batch. Allocate it once and reuse it. Throws `RangeError` on sizes that are not positive integers. */
export function createPacketBatch(size: PacketBatchSize = {}): PacketBatch {
  const { bytes = 1 << 20, capacity = 128 } = size;
  checkSizes(typeof bytes === "number" ? bytes : bytes.length, capacity);
  return viewBlock(bytes, capacity, createBatchBlock(capacity, BATCH_OF_PACKETS));
}

/** The arrays of a batch as views of its block. */
export function viewBlock(bytes: number | Uint8Array, capacity: number, { block, starts }: BatchBlock): PacketBatch {
  const { buffer } = block;
  const [offset, length, flags, gsoType, gsoSize, headerLength, checksumStart, checksumOffset] = starts;
  return {
    bytes: typeof bytes === "number" ? new Uint8Array(bytes) : bytes,
    capacity,
    count: 0,
    offset: new Uint32Array(buffer, offset, capacity),
    length: new Uint32Array(buffer, length, capacity),
    flags: new Uint8Array(buffer, flags, capacity),
    gsoType: new Uint8Array(buffer, gsoType, capacity),
    gsoSize: new Uint16Array(buffer, gsoSize, capacity),
    headerLength: new Uint16Array(buffer, headerLength, capacity),
    checksumStart: new Uint16Array(buffer, checksumStart, capacity),
    checksumOffset: new Uint16Array(buffer, checksumOffset, capacity),
    block,
  };
}
