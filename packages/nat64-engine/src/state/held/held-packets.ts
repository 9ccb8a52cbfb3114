import type { KeyedHash } from "../../hash/keyed-hash.ts";

/** Bytes of a cell; a packet is stored in a chain of them. */
const CELL = 256;
/** Sources are divided into groups by keyed hash. Each group may fill one part in {@link SHARE} of the store. */
const GROUPS = 1024;
const SHARE = 8;

/** A verdict instead of a session or `-reason`: the packet was copied and is held; it is neither sent nor dropped. */
export const PACKET_HELD: number = -0x10000;

/** No packet: the end of a list. */
export const NO_PACKET = -1;

/**
 * Copies of packets that are held: fragments that wait for others (see `fragments/hold-reasons.ts`), and inbound SYNs (see
 * `admission/new-sessions.ts`). The total size is limited, and each source gets an eighth of it, so that an attacker cannot use
 * up the store.
 *
 * A packet is identified by its first cell. Packets can be chained: `next` is for the owner to use.
 */
export class HeldPackets {
  readonly #bytes: Uint8Array;
  /** Next cell of the same packet, or of the free list; −1 ends it. */
  readonly #nextCell: Int32Array;
  /** Of first cells: bytes of the packet, group of its source, the next packet in a list. */
  readonly #length: Int32Array;
  readonly #group: Int32Array;
  readonly #nextPacket: Int32Array;
  readonly #cellsOfGroup: Int32Array = new Int32Array(GROUPS);
  readonly #share: number;
  readonly #hash: KeyedHash;
  #free = -1;
  #cells = 0;
  #packets = 0;

  /** @param bytes room for packets, in bytes; rounded up to cells of 256 */
  constructor(bytes: number, hash: KeyedHash) {
    const cells = Math.max(SHARE, Math.ceil(bytes / CELL));
    this.#bytes = new Uint8Array(cells * CELL);
    this.#nextCell = new Int32Array(cells);
    this.#length = new Int32Array(cells);
    this.#group = new Int32Array(cells);
    this.#nextPacket = new Int32Array(cells);
    this.#share = Math.ceil(cells / SHARE);
    this.#hash = hash;
    for (let cell = cells - 1; cell >= 0; cell--) {
      this.#nextCell[cell] = this.#free;
      this.#free = cell;
    }
    this.#cells = cells;
  }

  /** Packets in the store. */
  get count(): number {
    return this.#packets;
  }

  /** Free bytes. */
  get freeBytes(): number {
    return this.#cells * CELL;
  }

  /** The group of a source: of an IPv6 address its upper 64 bits count, of an IPv4 address all. */
  groupOf(family: number, source: Int32Array): number {
    return this.#hash.of3(family, source[0], family === 6 ? source[1] : 0) & (GROUPS - 1);
  }

  /** Whether a group would stay within its share with `length` bytes more. */
  withinShare(group: number, length: number): boolean {
    return this.#cellsOfGroup[group] + cellsFor(length) <= this.#share;
  }

  /**
   * Copies a packet in.
   *
   * @param group {@link groupOf} its source
   * @returns the packet, or {@link NO_PACKET} when the store or the source's share of it is full
   */
  hold(bytes: Uint8Array, offset: number, length: number, group: number): number {
    const cells = cellsFor(length);
    if (cells > this.#cells || this.#cellsOfGroup[group] + cells > this.#share) return NO_PACKET;
    const first = this.#free;
    let cell = first;
    for (let done = 0, i = 1; ; i++) {
      const store = cell * CELL;
      const end = Math.min(CELL, length - done);
      for (let k = 0; k < end; k++) this.#bytes[store + k] = bytes[offset + done + k];
      done += end;
      if (i === cells) break;
      cell = this.#nextCell[cell];
    }
    this.#free = this.#nextCell[cell];
    this.#nextCell[cell] = -1;
    this.#length[first] = length;
    this.#group[first] = group;
    this.#nextPacket[first] = NO_PACKET;
    this.#cellsOfGroup[group] += cells;
    this.#cells -= cells;
    this.#packets++;
    return first;
  }

  /** Bytes of a packet. */
  length(packet: number): number {
    return this.#length[packet];
  }

  /** The packet that follows in the owner's list. */
  next(packet: number): number {
    return this.#nextPacket[packet];
  }

  setNext(packet: number, next: number): void {
    this.#nextPacket[packet] = next;
  }

  /** Copies a packet out. @returns its bytes */
  copyTo(packet: number, bytes: Uint8Array, offset: number): number {
    const length = this.#length[packet];
    let cell = packet;
    for (let done = 0; done < length; done += CELL) {
      const store = cell * CELL;
      const end = Math.min(CELL, length - done);
      for (let k = 0; k < end; k++) bytes[offset + done + k] = this.#bytes[store + k];
      cell = this.#nextCell[cell];
    }
    return length;
  }

  /** Frees a packet's room. */
  release(packet: number): void {
    const cells = cellsFor(this.#length[packet]);
    let last = packet;
    while (this.#nextCell[last] >= 0) last = this.#nextCell[last];
    this.#nextCell[last] = this.#free;
    this.#free = packet;
    this.#cellsOfGroup[this.#group[packet]] -= cells;
    this.#cells += cells;
    this.#packets--;
  }
}

function cellsFor(length: number): number {
  return Math.max(1, Math.ceil(length / CELL));
}
