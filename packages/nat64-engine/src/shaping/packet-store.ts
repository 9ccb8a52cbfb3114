/**
 * Waiting packets. Their bytes are in blocks of one buffer. A packet and its description are identified by the number of its first
 * block. All memory is reserved at the start, but the system allocates only what was used.
 */
import { GsoType, type PacketBatch } from "../batch.ts";
import { describePiece, isDivisible, withHeaders } from "./super-packet.ts";

/** Bytes of a block: an ordinary packet uses one, a super-packet up to 33. */
export const QUEUE_BLOCK = 2048;
const SHIFT = 11;

/** A buffer, and the part of it for waiting packets. */
export interface QueueMemory {
  /** The buffer. Copies from and to batches over the same `ArrayBuffer` create no garbage. */
  readonly bytes: Uint8Array;
  /** Where the part for waiting packets starts, and its number of blocks of {@link QUEUE_BLOCK}. */
  readonly from: number;
  readonly blocks: number;
}

export class PacketStore {
  readonly #memory: Uint8Array;
  readonly #from: number;
  readonly #capacity: number;
  /** The packet's next block, or the next free one. */
  readonly #nextBlock: Int32Array;
  #freeBlock = -1;
  /** Blocks from here on were never used. */
  #unused = 0;
  #used = 0;
  /** Descriptions of packets, by first block. `nextPacket` is for the queue. */
  readonly nextPacket: Int32Array;
  readonly #length: Int32Array;
  readonly #flags: Uint8Array;
  readonly #gsoType: Uint8Array;
  readonly #gsoSize: Uint16Array;
  readonly #headerLength: Uint16Array;
  readonly #checksumStart: Uint16Array;
  readonly #checksumOffset: Uint16Array;
  /** Payload bytes of a super-packet that were sent already; −1 for packets that cannot be divided. */
  readonly #gone: Int32Array;
  readonly #since: Float64Array;

  constructor({ bytes, from, blocks }: QueueMemory) {
    this.#memory = bytes;
    this.#from = from;
    this.#capacity = blocks;
    this.#nextBlock = new Int32Array(blocks);
    this.nextPacket = new Int32Array(blocks);
    this.#length = new Int32Array(blocks);
    this.#flags = new Uint8Array(blocks);
    this.#gsoType = new Uint8Array(blocks);
    this.#gsoSize = new Uint16Array(blocks);
    this.#headerLength = new Uint16Array(blocks);
    this.#checksumStart = new Uint16Array(blocks);
    this.#checksumOffset = new Uint16Array(blocks);
    this.#gone = new Int32Array(blocks);
    this.#since = new Float64Array(blocks);
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Blocks in use. */
  get used(): number {
    return this.#used;
  }

  /** Blocks that a packet of `length` bytes uses. */
  blocksOf(length: number): number {
    return (length + QUEUE_BLOCK - 1) >> SHIFT;
  }

  /** Copies a packet in; the caller has checked that there are enough blocks. @returns the number of the packet */
  put(batch: PacketBatch, slot: number, now: number): number {
    const length = batch.length[slot];
    const packet = this.#takeBlock();
    let block = packet;
    for (let done = 0; done < length; done += QUEUE_BLOCK) {
      if (done > 0) block = this.#nextBlock[block] = this.#takeBlock();
      this.#copyIn(batch.bytes, batch.offset[slot] + done, block, Math.min(QUEUE_BLOCK, length - done));
    }
    this.#nextBlock[block] = -1;
    const isWhole = !isDivisible(batch, slot);
    this.#length[packet] = length;
    this.#flags[packet] = batch.flags[slot];
    this.#gsoType[packet] = batch.gsoType[slot];
    this.#gsoSize[packet] = batch.gsoSize[slot];
    this.#headerLength[packet] = batch.headerLength[slot];
    this.#checksumStart[packet] = batch.checksumStart[slot];
    this.#checksumOffset[packet] = batch.checksumOffset[slot];
    this.#gone[packet] = isWhole ? -1 : 0;
    this.#since[packet] = now;
    return packet;
  }

  /** When a packet was put into the store, in milliseconds. */
  since(packet: number): number {
    return this.#since[packet];
  }

  /** Payload bytes of the next piece of a packet: the segments that fit `limit` bytes, at least one. 0 for the whole packet. */
  piece(packet: number, limit: number): number {
    const gone = this.#gone[packet];
    if (gone < 0) return 0;
    const headers = this.#headerLength[packet];
    const size = this.#gsoSize[packet];
    const segments = Math.max(1, Math.floor(limit / (headers + size)));
    return Math.min(segments * size, this.#length[packet] - headers - gone);
  }

  /** Bytes of a piece, as IP packets. */
  pieceSize(packet: number, payload: number): number {
    return this.#sizeOf(packet, payload === 0 ? this.#length[packet] : this.#headerLength[packet] + payload);
  }

  /** Packets of a piece on a link. */
  segmentsIn(packet: number, payload: number): number {
    const size = this.#gsoSize[packet];
    if (size === 0 || this.#gsoType[packet] === GsoType.none) return 1;
    const bytes = payload === 0 ? this.#length[packet] - this.#headerLength[packet] : payload;
    return Math.max(1, ((bytes + size - 1) / size) | 0);
  }

  /** The ECN field of an IPv6 packet (RFC 3168 §5). */
  ecn(packet: number): number {
    return (this.#memory[this.#from + (packet << SHIFT) + 1] >>> 4) & 3;
  }

  /** Copies a piece to `at` of a batch, as its next slot. @returns the slot */
  copyOut(packet: number, payload: number, batch: PacketBatch, at: number): number {
    const slot = batch.count++;
    batch.offset[slot] = at;
    batch.length[slot] = this.#length[packet];
    batch.flags[slot] = this.#flags[packet];
    batch.gsoType[slot] = this.#gsoType[packet];
    batch.gsoSize[slot] = this.#gsoSize[packet];
    batch.headerLength[slot] = this.#headerLength[packet];
    batch.checksumStart[slot] = this.#checksumStart[packet];
    batch.checksumOffset[slot] = this.#checksumOffset[packet];
    if (payload === 0) {
      this.#copyRange(packet, 0, this.#length[packet], batch.bytes, at);
      return slot;
    }
    const headers = this.#headerLength[packet];
    const gone = this.#gone[packet];
    this.#copyRange(packet, 0, headers, batch.bytes, at);
    this.#copyRange(packet, headers + gone, headers + gone + payload, batch.bytes, at + headers);
    if (gone > 0 || headers + payload < this.#length[packet]) {
      describePiece(batch, slot, this.#length[packet], gone, payload);
    }
    return slot;
  }

  /** Counts a piece as sent. @returns whether the whole packet was sent */
  pass(packet: number, payload: number): boolean {
    if (payload === 0) return true;
    this.#gone[packet] += payload;
    return this.#headerLength[packet] + this.#gone[packet] >= this.#length[packet];
  }

  /** Frees the blocks of a packet. @returns their number */
  free(packet: number): number {
    let last = packet;
    let blocks = 1;
    for (; this.#nextBlock[last] >= 0; blocks++) last = this.#nextBlock[last];
    this.#nextBlock[last] = this.#freeBlock;
    this.#freeBlock = packet;
    this.#used -= blocks;
    return blocks;
  }

  #sizeOf(packet: number, length: number): number {
    const size = this.#gsoSize[packet];
    if (size === 0 || this.#gsoType[packet] === GsoType.none) return length;
    return withHeaders(length, this.#headerLength[packet], size);
  }

  #takeBlock(): number {
    this.#used++;
    const block = this.#freeBlock;
    if (block < 0) return this.#unused++;
    this.#freeBlock = this.#nextBlock[block];
    return block;
  }

  #copyIn(bytes: Uint8Array, from: number, block: number, length: number): void {
    const to = this.#from + (block << SHIFT);
    const memory = this.#memory;
    if (bytes.buffer === memory.buffer) {
      const at = bytes.byteOffset - memory.byteOffset + from;
      memory.copyWithin(to, at, at + length);
    } else memory.set(bytes.subarray(from, from + length), to);
  }

  /** Copies bytes `from` … `to` − 1 of a packet from its blocks. */
  #copyRange(packet: number, from: number, to: number, target: Uint8Array, at: number): void {
    let block = packet;
    let blockStart = 0;
    for (; blockStart + QUEUE_BLOCK <= from; blockStart += QUEUE_BLOCK) block = this.#nextBlock[block];
    const memory = this.#memory;
    const isShared = target.buffer === memory.buffer;
    const shift = at - from + (isShared ? target.byteOffset - memory.byteOffset : 0);
    for (let done = from; done < to; ) {
      const end = Math.min(to, blockStart + QUEUE_BLOCK);
      const source = this.#from + (block << SHIFT) + done - blockStart;
      if (isShared) memory.copyWithin(done + shift, source, source + end - done);
      else target.set(memory.subarray(source, source + end - done), done + shift);
      done = end;
      blockStart += QUEUE_BLOCK;
      block = this.#nextBlock[block];
    }
  }
}
