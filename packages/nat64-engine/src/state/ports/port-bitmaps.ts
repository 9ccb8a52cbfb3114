import { ProtocolIndex } from "../protocol-index.ts";
import { BLOCK_MAPS, BLOCK_WORDS, SPACE_WORDS } from "./bitmap-sizes.ts";
import { findBit, firstBit, popcount, setBit, setBits } from "./bits.ts";
import { BLOCK_PORTS, blockStart, blocksOf, type PoolAddress, type PortRange } from "./pool-address.ts";

// Words of a space (one pool address and protocol).
/** Port number of bit 0 of its first block; a multiple of 64. */
const FIRST_PORT = 0;
const FIRST_BLOCK = 1;
/** Blocks that can be allocated. */
const BLOCK_COUNT = 2;
/** How many of these are in 0 … 1023; they come first. */
const LOW_BLOCKS = 3;
const FREE_PORTS = 4;
/** Where its bit maps are, and the words of each. */
const MAPS = 5;
const MAP_WORDS = 6;
/** Blocks that can be or were allocated. */
const KNOWN = 7;

// Words of a block (64 ports): 0 and 1 are a bit map of the ports that are not free. All zero is an unused block, so that the
// system does not allocate memory for blocks that were never touched.
/** The owner plus one; 0 for none. */
const OWNER = 2;
/** Next and previous block of the owner with free ports. The first block has previous = −1. */
const NEXT = 3;
const PREVIOUS = 4;
/** Written before the block is used. */
const SPACE = 5;
/** Ports in use. */
const USED = 6;
/** Ports that cannot be allocated: outside of the range, withdrawn, not granted. */
const MISSING = 7;

/** Bit maps over the blocks of a space: without owner, with a free even port, with a free odd port. */
export const BlockMap = { unowned: 0, even: 1, odd: 2 } as const;

/** Which ports of a block are suitable, as a mask over 32 of them. */
export const PortMask = { even: 0x55555555, odd: -0x55555556, all: -1 } as const;

/** Ports below this form the range of system ports, which is preserved (RFC 6146 §3.5.1.1). */
export const SYSTEM_PORTS = 1024;

/**
 * Ports in memory: spaces (the ports of one pool address and protocol) with blocks of 64, and which ports and blocks are free.
 * `PortAllocator` decides which client gets which.
 *
 * A port is identified by its slot, block × 64 + bit; a space by address index × 3 + protocol. A space may have room for more
 * blocks than can be allocated.
 */
export class PortBitmaps {
  readonly #memory: Int32Array;
  /** Where the records of blocks start. */
  readonly #blocks: number;
  readonly #spaces: number;

  /** @param memory `portWords(pool)` words, all zero */
  constructor(memory: Int32Array, pool: readonly PoolAddress[]) {
    this.#memory = memory;
    this.#spaces = pool.length * 3;
    this.#blocks = this.#spaces * SPACE_WORDS;
    const ranges = pool.flatMap((entry) => entry.ranges);
    let maps = ranges.reduce((end, range) => end + blocksOf(range) * BLOCK_WORDS, this.#blocks);
    let block = 0;
    ranges.forEach((range, space) => {
      const at = space * SPACE_WORDS;
      const blocks = blocksOf(range);
      memory[at + FIRST_BLOCK] = block;
      memory[at + MAPS] = maps;
      memory[at + MAP_WORDS] = Math.ceil(blocks / 32);
      block += blocks;
      maps += BLOCK_MAPS * memory[at + MAP_WORDS];
      if (range === null) return;
      memory[at + FIRST_PORT] = blockStart(range[0]);
      const { granted } = pool[(space / 3) | 0];
      this.#add(space, granted === undefined ? blocks : Math.min((granted / BLOCK_PORTS) | 0, blocks));
      if (granted === undefined) this.#cutEnds(space, range);
    });
  }

  /**
   * Sets how many ports of a space can be allocated, in whole blocks from the first on. Blocks that are owned or in use do not
   * change.
   *
   * @param room blocks that the space has room for
   * @returns the change in the number of free ports
   */
  grant(space: number, ports: number, room: number): number {
    const memory = this.#memory;
    const at = space * SPACE_WORDS;
    const before = memory[at + FREE_PORTS];
    const blocks = Math.min((ports / BLOCK_PORTS) | 0, room);
    const known = memory[at + KNOWN];
    if (blocks > known) this.#add(space, blocks);
    memory[at + BLOCK_COUNT] = blocks;
    for (let i = 0; i < known; i++) {
      const block = this.#known(space, memory[at + FIRST_BLOCK] + i);
      const record = this.#at(block);
      const missing = i < blocks ? 0 : BLOCK_PORTS;
      if (memory[record + MISSING] === missing || !this.isFree(block) || memory[record + OWNER] !== 0) continue;
      memory[at + FREE_PORTS] += memory[record + MISSING] - missing;
      memory[record] = memory[record + 1] = missing === 0 ? 0 : -1;
      memory[record + MISSING] = missing;
      this.#updateMaps(block);
    }
    return memory[at + FREE_PORTS] - before;
  }

  /** The space of a block. */
  space(block: number): number {
    return this.#memory[this.#at(block) + SPACE];
  }

  /** Port number of a slot. */
  port(slot: number): number {
    const space = this.space(slot >> 6) * SPACE_WORDS;
    return this.#memory[space + FIRST_PORT] + slot - this.#memory[space + FIRST_BLOCK] * BLOCK_PORTS;
  }

  /** The slot of a free port; −1 when the port cannot be allocated, −2 when it is not free. */
  slotOf(space: number, port: number): number {
    const memory = this.#memory;
    const at = space * SPACE_WORDS;
    const bit = port - memory[at + FIRST_PORT];
    if (bit < 0 || bit >= memory[at + BLOCK_COUNT] * BLOCK_PORTS) return -1;
    const slot = memory[at + FIRST_BLOCK] * BLOCK_PORTS + bit;
    this.#known(space, slot >> 6);
    return (memory[this.#at(slot >> 6) + ((slot >> 5) & 1)] & (1 << slot)) === 0 ? slot : -2;
  }

  /** Blocks of a space that can be allocated. */
  blocks(space: number): number {
    return this.#memory[space * SPACE_WORDS + BLOCK_COUNT];
  }

  /** Free ports of a space. */
  freePorts(space: number): number {
    return this.#memory[space * SPACE_WORDS + FREE_PORTS];
  }

  /** Whether a block is in the range of system ports. */
  isLow(block: number): boolean {
    const at = this.space(block) * SPACE_WORDS;
    return block - this.#memory[at + FIRST_BLOCK] < this.#memory[at + LOW_BLOCKS];
  }

  /** Whether no port of a block is in use. */
  isFree(block: number): boolean {
    return this.#memory[this.#at(block) + USED] === 0;
  }

  /** Free ports of a block. */
  freeOf(block: number): number {
    const at = this.#at(block);
    return BLOCK_PORTS - this.#memory[at + USED] - this.#memory[at + MISSING];
  }

  /** Whether a block has a free port of a kind. */
  has(block: number, mask: number): boolean {
    const at = this.#at(block);
    return ((~this.#memory[at] | ~this.#memory[at + 1]) & mask) !== 0;
  }

  /** The client that owns a block, or −1. */
  owner(block: number): number {
    return this.#memory[this.#at(block) + OWNER] - 1;
  }

  setOwner(block: number, owner: number): void {
    this.#memory[this.#at(block) + OWNER] = owner + 1;
    this.#updateMaps(block);
  }

  /** The next block in its owner's list, or −1. */
  next(block: number): number {
    return this.#memory[this.#at(block) + NEXT];
  }

  setNext(block: number, next: number): void {
    this.#memory[this.#at(block) + NEXT] = next;
  }

  /** The previous block in its owner's list, or −1. */
  previous(block: number): number {
    return this.#memory[this.#at(block) + PREVIOUS];
  }

  setPrevious(block: number, previous: number): void {
    this.#memory[this.#at(block) + PREVIOUS] = previous;
  }

  /**
   * Finds a block of a space and range that is in one of the maps and has a free port of a kind, starting at a random place.
   *
   * @param low whether the range is that of the system ports
   * @param map {@link BlockMap} @param mask {@link PortMask} @param random a random word
   * @returns the block, or −1
   */
  find(space: number, low: boolean, map: number, mask: number, random: number): number {
    const memory = this.#memory;
    const record = space * SPACE_WORDS;
    const from = low ? 0 : memory[record + LOW_BLOCKS];
    const to = low ? memory[record + LOW_BLOCKS] : memory[record + BLOCK_COUNT];
    if (from >= to || memory[record + FREE_PORTS] === 0) return -1;
    const words = memory[record + MAP_WORDS];
    const first = memory[record + MAPS] + map * words;
    // Static bindings may have taken all ports of one parity from a block without an owner.
    const parity = mask === PortMask.odd ? BlockMap.odd : BlockMap.even;
    const second = map !== BlockMap.unowned || mask === PortMask.all ? first : memory[record + MAPS] + parity * words;
    const start = from + ((random >>> 0) % (to - from));
    let found = findBit(memory, first, second, start, to);
    if (found < 0) found = findBit(memory, first, second, from, start);
    return found < 0 ? -1 : this.#known(space, memory[record + FIRST_BLOCK] + found);
  }

  /** Takes a free port of a kind from a block that has one, starting at a random place. @returns its slot */
  takeAny(block: number, mask: number, random: number): number {
    const at = this.#at(block);
    const free0 = ~this.#memory[at] & mask;
    const free1 = ~this.#memory[at + 1] & mask;
    const start = random & 63;
    // The rest of the word with the start, the other word, then the first word from its beginning.
    const near = start < 32 ? free0 : free1;
    let bit = firstBit(near, start & 31);
    if (bit < 32) return this.take(block, bit + (start & 32));
    bit = firstBit(start < 32 ? free1 : free0, 0);
    if (bit < 32) return this.take(block, bit + (32 - (start & 32)));
    bit = firstBit(near, 0) + (start & 32);
    return this.take(block, bit);
  }

  /** Takes a free port. @returns its slot */
  take(block: number, bit: number): number {
    const memory = this.#memory;
    const at = this.#at(block);
    memory[at + (bit >> 5)] |= 1 << bit;
    memory[at + USED]++;
    memory[memory[at + SPACE] * SPACE_WORDS + FREE_PORTS]--;
    this.#updateMaps(block);
    return block * BLOCK_PORTS + bit;
  }

  /** Frees a port. */
  give(slot: number): void {
    const memory = this.#memory;
    const at = this.#at(slot >> 6);
    memory[at + ((slot >> 5) & 1)] &= ~(1 << slot);
    memory[at + USED]--;
    memory[memory[at + SPACE] * SPACE_WORDS + FREE_PORTS]++;
    this.#updateMaps(slot >> 6);
  }

  /** Removes a free port: from now on its block has one port less. */
  withdraw(slot: number): void {
    this.take(slot >> 6, slot & 63);
    const at = this.#at(slot >> 6);
    this.#memory[at + USED]--;
    this.#memory[at + MISSING]++;
  }

  /** Blocks that clients own now. Counts all blocks. */
  ownedBlocks(): number {
    return this.#sum((block) => (this.owner(block) >= 0 ? 1 : 0));
  }

  /**
   * Visits the blocks with an owner among `limit` blocks. Allocates; not for the packet path.
   *
   * @returns the block to continue from, −1 at the end
   */
  forEachOwned(from: number, limit: number, visit: (block: number, owner: number) => void): number {
    const memory = this.#memory;
    let looked = 0;
    for (let at = this.#spaceAt(from); at < this.#blocks; at += SPACE_WORDS) {
      const first = memory[at + FIRST_BLOCK];
      const end = first + memory[at + KNOWN];
      for (let block = Math.max(first, from); block < end; block++) {
        if (looked++ === limit) return block;
        const owner = this.owner(block);
        if (owner >= 0) visit(block, owner);
      }
    }
    return -1;
  }

  /** Ports in use according to the bit maps, for consistency checks. */
  popcount(): number {
    return this.#sum((block) => {
      const at = this.#at(block);
      return popcount(this.#memory[at]) + popcount(this.#memory[at + 1]) - this.#memory[at + MISSING];
    });
  }

  #sum(of: (block: number) => number): number {
    let sum = 0;
    for (let at = 0; at < this.#blocks; at += SPACE_WORDS) {
      for (let i = 0; i < this.#memory[at + KNOWN]; i++) sum += of(this.#memory[at + FIRST_BLOCK] + i);
    }
    return sum;
  }

  /** The record of the last space that starts at or before a block. */
  #spaceAt(block: number): number {
    let low = 0;
    let high = this.#spaces - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#memory[middle * SPACE_WORDS + FIRST_BLOCK] <= block) low = middle;
      else high = middle - 1;
    }
    return low * SPACE_WORDS;
  }

  #at(block: number): number {
    return this.#blocks + block * BLOCK_WORDS;
  }

  /** Writes the space of a block into its record. @returns the block */
  #known(space: number, block: number): number {
    this.#memory[this.#at(block) + SPACE] = space;
    return block;
  }

  /** Adds blocks that can be allocated, up to `blocks` of a space. */
  #add(space: number, blocks: number): void {
    const memory = this.#memory;
    const record = space * SPACE_WORDS;
    const words = memory[record + MAP_WORDS];
    for (let map = 0; map < BLOCK_MAPS; map++) {
      setBits(memory, memory[record + MAPS] + map * words, memory[record + KNOWN], blocks);
    }
    memory[record + FREE_PORTS] += (blocks - memory[record + KNOWN]) * BLOCK_PORTS;
    memory[record + BLOCK_COUNT] = memory[record + KNOWN] = blocks;
    const low =
      space % 3 === ProtocolIndex.icmp ? 0 : Math.max(0, (SYSTEM_PORTS - memory[record + FIRST_PORT]) / BLOCK_PORTS);
    memory[record + LOW_BLOCKS] = Math.min(low, blocks);
  }

  /** Withdraws the ports of the first and the last block that are outside of the range. */
  #cutEnds(space: number, [first, last]: PortRange): void {
    const start = this.#memory[space * SPACE_WORDS + FIRST_PORT];
    const end = start + this.#memory[space * SPACE_WORDS + BLOCK_COUNT] * BLOCK_PORTS;
    for (let port = start; port < first; port++) this.withdraw(this.slotOf(space, port));
    for (let port = last + 1; port < end; port++) this.withdraw(this.slotOf(space, port));
  }

  #updateMaps(block: number): void {
    const memory = this.#memory;
    const at = this.#at(block);
    const record = memory[at + SPACE] * SPACE_WORDS;
    const index = block - memory[record + FIRST_BLOCK];
    const words = memory[record + MAP_WORDS];
    const map = memory[record + MAPS] + (index >> 5);
    const bit = 1 << index;
    const free = ~memory[at] | ~memory[at + 1];
    setBit(memory, map + BlockMap.unowned * words, bit, memory[at + OWNER] === 0 && free !== 0);
    setBit(memory, map + BlockMap.even * words, bit, (free & PortMask.even) !== 0);
    setBit(memory, map + BlockMap.odd * words, bit, (free & PortMask.odd) !== 0);
  }
}
