import type { KeyedHash } from "../hash/keyed-hash.ts";
import type { RandomWords } from "../hash/random-words.ts";
import type { ClientTable } from "../limits/client-table.ts";
import { AddressSet } from "./address-set.ts";
import { findBit, firstBit, popcount, setBit } from "./bits.ts";
import { BLOCK_PORTS, blockStart, blocksOf, type PoolAddress } from "./pool.ts";
import { BLOCK_MAPS, BLOCK_WORDS, SPACE_WORDS } from "./port-memory.ts";
import { ProtocolIndex } from "./protocol-index.ts";

// Words of a space (one pool address and protocol).
/** Port number of bit 0 of its first block; a multiple of 64. */
const FIRST_PORT = 0;
const FIRST_BLOCK = 1;
const BLOCK_COUNT = 2;
/** Of these, how many lie in 0 … 1023; they come first. */
const LOW_BLOCKS = 3;
const FREE_PORTS = 4;
/** Where its bit maps are. */
const MAPS = 5;

// Words of a block (64 ports): 0 and 1 are a bit map of the ports that are not free.
const OWNER = 2;
/** Next and previous block of the owner that has room. The first block has previous = −1. */
const NEXT = 3;
const PREVIOUS = 4;
const SPACE = 5;
const FREE = 6;
const SIZE = 7;

// Bit maps over the blocks of a space.
const UNOWNED = 0;
const EVEN = 1;
const ODD = 2;

const EVEN_PORTS = 0x55555555;
const ODD_PORTS = 0xaaaaaaaa | 0;
const ALL_PORTS = -1;

/** Blocks of its own that are looked through for a client before it gets another one. */
const OWN_BLOCKS_TRIED = 8;

/** Ports below this form the range of system ports, which is preserved (RFC 6146 §3.5.1.1). */
const SYSTEM_PORTS = 1024;

/**
 * The ports of the IPv4 pool.
 *
 * A client's /64 gets them in blocks of 64, and inside a block at random (RFC 6056 §3.3.1: a random start, then the next
 * free one). It keeps to one pool address while it has mappings ("paired", RFC 4787 §4.1 REQ-2), first chosen by keyed
 * hash; when that is full it moves to another. Parity (UDP) and range are preserved as long as a port of that kind is
 * free (RFC 4787 §4.2.2, RFC 6146 §3.5.1.1). When there are no blocks left, ports of other clients' blocks are given out.
 *
 * A port is named by its slot: block × 64 + bit. Time is bounded: a few bit operations per block map of 1,024 blocks.
 */
export class Ports {
  readonly #addresses: Int32Array;
  readonly #set: AddressSet;
  /** For each exit: its first address and their number. */
  readonly #exitFirst: Int32Array;
  readonly #exitCount: Int32Array;
  /** Free ports of each exit and protocol. */
  readonly #exitFree: Int32Array;
  readonly #exitOf: Int32Array;
  readonly #memory: Int32Array;
  readonly #blocks: number;
  readonly #clients: ClientTable;
  readonly #hash: KeyedHash;
  readonly #random: RandomWords;
  #inUse = 0;

  /** @param memory `portWords(pool)` words */
  constructor(
    memory: Int32Array,
    pool: readonly PoolAddress[],
    clients: ClientTable,
    hash: KeyedHash,
    random: RandomWords,
  ) {
    const sorted = [...pool].sort((a, b) => a.exit - b.exit);
    this.#addresses = Int32Array.from(sorted, (entry) => entry.address);
    this.#set = new AddressSet(this.#addresses);
    this.#exitOf = Int32Array.from(sorted, (entry) => entry.exit);
    const exits = sorted.reduce((most, entry) => Math.max(most, entry.exit + 1), 1);
    this.#exitFirst = new Int32Array(exits);
    this.#exitCount = new Int32Array(exits);
    this.#exitFree = new Int32Array(exits * 3);
    this.#memory = memory.fill(0);
    this.#clients = clients;
    this.#hash = hash;
    this.#random = random;
    this.#blocks = sorted.length * 3 * SPACE_WORDS;
    let block = 0;
    let maps = this.#blocks;
    for (const { ranges } of sorted) for (const range of ranges) maps += blocksOf(range) * BLOCK_WORDS;
    sorted.forEach(({ ranges, exit }, index) => {
      if (this.#exitCount[exit]++ === 0) this.#exitFirst[exit] = index;
      ranges.forEach((range, protocol) => {
        const at = (index * 3 + protocol) * SPACE_WORDS;
        const count = blocksOf(range);
        memory[at + FIRST_BLOCK] = block;
        memory[at + BLOCK_COUNT] = count;
        memory[at + MAPS] = maps;
        if (range !== null) this.#initSpace(index * 3 + protocol, range[0], range[1]);
        this.#exitFree[exit * 3 + protocol] += memory[at + FREE_PORTS];
        block += count;
        maps += BLOCK_MAPS * Math.ceil(count / 32);
      });
    });
  }

  /** Ports given out or reserved now. */
  get inUse(): number {
    return this.#inUse;
  }

  /** Exits that have addresses, the highest number plus one. */
  get exits(): number {
    return this.#exitCount.length;
  }

  /** The exit whose address a client uses now, −1 for none yet. */
  exitOf(client: number): number {
    const index = this.#clients.poolAddress(client);
    return index < 0 ? -1 : this.#exitOf[index];
  }

  /** IPv4 address of a slot. */
  address(slot: number): number {
    return this.#addresses[(this.#memory[this.#at(slot >> 6) + SPACE] / 3) | 0];
  }

  /** Port number of a slot. */
  port(slot: number): number {
    const space = this.#memory[this.#at(slot >> 6) + SPACE] * SPACE_WORDS;
    return this.#memory[space + FIRST_PORT] + slot - this.#memory[space + FIRST_BLOCK] * BLOCK_PORTS;
  }

  /**
   * Takes a port for a client.
   *
   * @param client record of its /64
   * @param protocol {@link ProtocolIndex}
   * @param wanted the client's own port, whose parity and range are to be preserved
   * @returns its slot, or −1 when the exit has no free port of the protocol
   */
  allocate(client: number, protocol: number, exit: number, wanted: number): number {
    if (exit >= this.#exitCount.length || this.#exitFree[exit * 3 + protocol] === 0) return -1;
    const low = wanted < SYSTEM_PORTS && protocol !== ProtocolIndex.icmp;
    const ports = protocol !== ProtocolIndex.udp ? ALL_PORTS : (wanted & 1) === 0 ? EVEN_PORTS : ODD_PORTS;
    let slot = this.#allocate(client, protocol, exit, low, ports);
    if (slot < 0 && ports !== ALL_PORTS) slot = this.#allocate(client, protocol, exit, low, ALL_PORTS);
    if (slot < 0) slot = this.#allocate(client, protocol, exit, !low, ports);
    if (slot < 0 && ports !== ALL_PORTS) slot = this.#allocate(client, protocol, exit, !low, ALL_PORTS);
    return slot;
  }

  /**
   * Takes one particular port for a client, and its block if nobody owns it: what a re-attached BIB entry needs.
   *
   * @returns its slot; −1 when it is not in the pool, −2 when it is not free
   */
  reserve(address: number, protocol: number, exit: number, port: number, client: number): number {
    const slot = this.#slotOf(address, protocol, exit, port);
    if (slot < 0) return slot;
    const block = slot >> 6;
    const at = this.#at(block);
    if (this.#memory[at + OWNER] < 0) {
      this.#own(block, client);
      if (this.#clients.poolAddress(client) < 0)
        this.#clients.setPoolAddress(client, (this.#memory[at + SPACE] / 3) | 0);
    }
    return this.#take(block, slot & 63);
  }

  /**
   * Lets an exit with one address use no more than the first so many ports of each protocol, in whole blocks; the rest
   * comes back when the limit is raised. Blocks that somebody owns stay as they are.
   */
  limit(exit: number, ports: number): void {
    const memory = this.#memory;
    for (let protocol = 0; protocol < 3; protocol++) {
      const space = (this.#exitFirst[exit] * 3 + protocol) * SPACE_WORDS;
      for (let i = 0; i < memory[space + BLOCK_COUNT]; i++) {
        const block = memory[space + FIRST_BLOCK] + i;
        const at = this.#at(block);
        const size = (i + 1) * BLOCK_PORTS <= ports ? BLOCK_PORTS : 0;
        if (memory[at + SIZE] === size || memory[at + FREE] !== memory[at + SIZE] || memory[at + OWNER] >= 0) continue;
        const change = size - memory[at + SIZE];
        memory[at] = memory[at + 1] = size === 0 ? -1 : 0;
        memory[at + SIZE] = memory[at + FREE] = size;
        memory[space + FREE_PORTS] += change;
        this.#exitFree[exit * 3 + protocol] += change;
        this.#updateMaps(block);
      }
    }
  }

  /** Takes a port out of the pool for good: that of a static binding. @returns as {@link reserve} does */
  withdraw(address: number, protocol: number, exit: number, port: number): number {
    const slot = this.#slotOf(address, protocol, exit, port);
    if (slot < 0) return slot;
    this.#take(slot >> 6, slot & 63);
    this.#inUse--;
    this.#memory[this.#at(slot >> 6) + SIZE]--;
    return slot;
  }

  /** Whether an address is in the pool of any exit. */
  has(address: number): boolean {
    return this.#set.has(address);
  }

  /** Gives a port back. */
  free(slot: number): void {
    const memory = this.#memory;
    const block = slot >> 6;
    const at = this.#at(block);
    memory[at + ((slot >> 5) & 1)] &= ~(1 << slot);
    memory[at + FREE]++;
    this.#countFree(memory[at + SPACE], 1);
    const owner = memory[at + OWNER];
    if (owner >= 0) {
      if (memory[at + FREE] === 1) this.#link(block, owner);
      if (memory[at + FREE] === memory[at + SIZE]) {
        this.#unlink(block, owner);
        memory[at + OWNER] = -1;
        this.#clients.leave(owner);
      }
    }
    this.#updateMaps(block);
  }

  /** Free ports of an exit and protocol. */
  freePorts(exit: number, protocol: number): number {
    return this.#exitFree[exit * 3 + protocol] ?? 0;
  }

  /** Blocks that clients own now. */
  ownedBlocks(): number {
    let owned = 0;
    const end = this.#blocks + this.#totalBlocks() * BLOCK_WORDS;
    for (let at = this.#blocks; at < end; at += BLOCK_WORDS) if (this.#memory[at + OWNER] >= 0) owned++;
    return owned;
  }

  /** Ports in use by the bit maps themselves: for checks that nothing leaks. */
  popcount(): number {
    let used = 0;
    for (let block = 0; block < this.#totalBlocks(); block++) {
      const at = this.#at(block);
      used += popcount(this.#memory[at]) + popcount(this.#memory[at + 1]) - (BLOCK_PORTS - this.#memory[at + SIZE]);
    }
    return used;
  }

  /** The slot of a port if it is in the pool and free; −1 when it is not in the pool, −2 when it is not free. */
  #slotOf(address: number, protocol: number, exit: number, port: number): number {
    const memory = this.#memory;
    for (let index = 0; index < this.#addresses.length; index++) {
      if (this.#addresses[index] !== address || this.#exitOf[index] !== exit) continue;
      const space = (index * 3 + protocol) * SPACE_WORDS;
      const bit = port - memory[space + FIRST_PORT];
      if (bit < 0 || bit >= memory[space + BLOCK_COUNT] * BLOCK_PORTS) continue;
      const slot = memory[space + FIRST_BLOCK] * BLOCK_PORTS + bit;
      return (memory[this.#at(slot >> 6) + ((slot >> 5) & 1)] & (1 << slot)) === 0 ? slot : -2;
    }
    return -1;
  }

  #totalBlocks(): number {
    const last = (this.#addresses.length * 3 - 1) * SPACE_WORDS;
    return this.#addresses.length === 0 ? 0 : this.#memory[last + FIRST_BLOCK] + this.#memory[last + BLOCK_COUNT];
  }

  #at(block: number): number {
    return this.#blocks + block * BLOCK_WORDS;
  }

  #initSpace(index: number, first: number, last: number): void {
    const memory = this.#memory;
    const space = index * SPACE_WORDS;
    const start = blockStart(first);
    memory[space + FIRST_PORT] = start;
    memory[space + FREE_PORTS] = last - first + 1;
    const lowBlocks = Math.max(0, (SYSTEM_PORTS - start) / BLOCK_PORTS);
    memory[space + LOW_BLOCKS] =
      index % 3 === ProtocolIndex.icmp ? 0 : Math.min(lowBlocks, memory[space + BLOCK_COUNT]);
    for (let i = 0; i < memory[space + BLOCK_COUNT]; i++) {
      const block = memory[space + FIRST_BLOCK] + i;
      const at = this.#at(block);
      memory[at + OWNER] = -1;
      memory[at + SPACE] = index;
      for (let bit = 0; bit < BLOCK_PORTS; bit++) {
        const port = start + i * BLOCK_PORTS + bit;
        if (port < first || port > last) memory[at + (bit >> 5)] |= 1 << bit;
        else memory[at + SIZE]++;
      }
      memory[at + FREE] = memory[at + SIZE];
      this.#updateMaps(block);
    }
  }

  /** Tries the client's own blocks, then a new block, then the blocks of others. */
  #allocate(client: number, protocol: number, exit: number, low: boolean, ports: number): number {
    const own = this.#fromOwnBlocks(client, this.#list(protocol, low), exit, ports);
    if (own >= 0) return own;
    const first = this.#exitFirst[exit];
    const count = this.#exitCount[exit];
    let start = this.#clients.poolAddress(client);
    if (start < first || start >= first + count) {
      const high = this.#clients.prefixWord(client, 0);
      const word = this.#clients.prefixWord(client, 1);
      start = first + ((this.#hash.of3(high, word, exit) >>> 0) % count);
    }
    for (let i = 0; i < count; i++) {
      const index = start + i < first + count ? start + i : start + i - count;
      const block = this.#findBlock(index * 3 + protocol, low, UNOWNED, ports);
      if (block < 0) continue;
      this.#own(block, client);
      this.#clients.setPoolAddress(client, index);
      return this.#takeAny(block, ports);
    }
    for (let i = 0; i < count; i++) {
      const index = start + i < first + count ? start + i : start + i - count;
      const block = this.#findBlock(index * 3 + protocol, low, ports === ODD_PORTS ? ODD : EVEN, ports);
      if (block >= 0) return this.#takeAny(block, ports);
      if (ports !== ALL_PORTS) continue;
      const odd = this.#findBlock(index * 3 + protocol, low, ODD, ports);
      if (odd >= 0) return this.#takeAny(odd, ports);
    }
    return -1;
  }

  /** The list of a client's blocks that a protocol and range use. */
  #list(protocol: number, low: boolean): number {
    if (protocol === ProtocolIndex.icmp) return 4;
    return protocol * 2 + (low ? 0 : 1);
  }

  #fromOwnBlocks(client: number, list: number, exit: number, ports: number): number {
    const memory = this.#memory;
    let block = this.#clients.firstBlock(client, list);
    for (let tried = 0; block >= 0 && tried < OWN_BLOCKS_TRIED; tried++) {
      const at = this.#at(block);
      const free = (~memory[at] & ports) | (~memory[at + 1] & ports);
      if (free !== 0 && this.#exitOf[(memory[at + SPACE] / 3) | 0] === exit) return this.#takeAny(block, ports);
      block = memory[at + NEXT];
    }
    return -1;
  }

  /** A block of a space and range that is in one of the maps and has one of the ports: from a random place on. */
  #findBlock(space: number, low: boolean, map: number, ports: number): number {
    const memory = this.#memory;
    const record = space * SPACE_WORDS;
    const from = low ? 0 : memory[record + LOW_BLOCKS];
    const to = low ? memory[record + LOW_BLOCKS] : memory[record + BLOCK_COUNT];
    if (from >= to || memory[record + FREE_PORTS] === 0) return -1;
    const words = Math.ceil(memory[record + BLOCK_COUNT] / 32);
    const at = memory[record + MAPS] + map * words;
    // A block without owner may, by static bindings, lack ports of one parity.
    const second =
      map !== UNOWNED || ports === ALL_PORTS ? at : memory[record + MAPS] + (ports === ODD_PORTS ? ODD : EVEN) * words;
    const start = from + ((this.#random.next() >>> 0) % (to - from));
    let found = findBit(memory, at, second, start, to);
    if (found < 0) found = findBit(memory, at, second, from, start);
    return found < 0 ? -1 : memory[record + FIRST_BLOCK] + found;
  }

  #own(block: number, client: number): void {
    this.#memory[this.#at(block) + OWNER] = client;
    this.#clients.use(client);
    this.#link(block, client);
    this.#updateMaps(block);
  }

  /** Takes a free port of a block: the first one from a random place on. There is one. */
  #takeAny(block: number, ports: number): number {
    const at = this.#at(block);
    const free0 = ~this.#memory[at] & ports;
    const free1 = ~this.#memory[at + 1] & ports;
    const start = this.#random.next() & 63;
    // The rest of the word with the start, the other word, and the start's word again from its beginning.
    const near = start < 32 ? free0 : free1;
    let bit = firstBit(near, start & 31);
    if (bit < 32) return this.#take(block, bit + (start & 32));
    bit = firstBit(start < 32 ? free1 : free0, 0);
    if (bit < 32) return this.#take(block, bit + (32 - (start & 32)));
    bit = firstBit(near, 0) + (start & 32);
    return this.#take(block, bit);
  }

  #take(block: number, bit: number): number {
    const memory = this.#memory;
    const at = this.#at(block);
    memory[at + (bit >> 5)] |= 1 << bit;
    memory[at + FREE]--;
    if (memory[at + FREE] === 0 && memory[at + OWNER] >= 0) this.#unlink(block, memory[at + OWNER]);
    this.#countFree(memory[at + SPACE], -1);
    this.#updateMaps(block);
    return block * BLOCK_PORTS + bit;
  }

  #countFree(space: number, change: number): void {
    this.#memory[space * SPACE_WORDS + FREE_PORTS] += change;
    this.#exitFree[this.#exitOf[(space / 3) | 0] * 3 + (space % 3)] += change;
    this.#inUse -= change;
  }

  /** The list that a block belongs to, by its protocol and place. */
  #listOf(block: number): number {
    const space = this.#memory[this.#at(block) + SPACE];
    const low =
      block - this.#memory[space * SPACE_WORDS + FIRST_BLOCK] < this.#memory[space * SPACE_WORDS + LOW_BLOCKS];
    return this.#list(space % 3, low);
  }

  #link(block: number, client: number): void {
    const memory = this.#memory;
    const list = this.#listOf(block);
    const head = this.#clients.firstBlock(client, list);
    memory[this.#at(block) + NEXT] = head;
    memory[this.#at(block) + PREVIOUS] = -1;
    if (head >= 0) memory[this.#at(head) + PREVIOUS] = block;
    this.#clients.setFirstBlock(client, list, block);
  }

  #unlink(block: number, client: number): void {
    const memory = this.#memory;
    const next = memory[this.#at(block) + NEXT];
    const previous = memory[this.#at(block) + PREVIOUS];
    if (previous >= 0) memory[this.#at(previous) + NEXT] = next;
    else this.#clients.setFirstBlock(client, this.#listOf(block), next);
    if (next >= 0) memory[this.#at(next) + PREVIOUS] = previous;
  }

  #updateMaps(block: number): void {
    const memory = this.#memory;
    const at = this.#at(block);
    const record = memory[at + SPACE] * SPACE_WORDS;
    const index = block - memory[record + FIRST_BLOCK];
    const words = (memory[record + BLOCK_COUNT] + 31) >> 5;
    const map = memory[record + MAPS] + (index >> 5);
    const bit = 1 << index;
    const free = ~memory[at] | ~memory[at + 1];
    setBit(memory, map + UNOWNED * words, bit, memory[at + OWNER] < 0 && memory[at + FREE] > 0);
    setBit(memory, map + EVEN * words, bit, (free & EVEN_PORTS) !== 0);
    setBit(memory, map + ODD * words, bit, (free & ODD_PORTS) !== 0);
  }
}
