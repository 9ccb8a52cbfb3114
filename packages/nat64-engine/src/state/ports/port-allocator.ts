import type { KeyedHash } from "../../hash/keyed-hash.ts";
import type { RandomWords } from "../../hash/random-words.ts";
import type { ClientTable } from "../../limits/client-table.ts";
import type { BindingTable } from "../bib/binding-table.ts";
import { ProtocolIndex } from "../protocol-index.ts";
import { AddressSet } from "./address-set.ts";
import { BlockEventKind, type BlockLog } from "./block-log.ts";
import { BLOCK_PORTS, blocksOf, type PoolAddress } from "./pool-address.ts";
import { BlockMap, PortBitmaps, PortMask, SYSTEM_PORTS } from "./port-bitmaps.ts";
import { PortShares, poolOf } from "./port-shares.ts";

/** Blocks of a client that are searched before it gets another one. */
const OWN_BLOCKS_TRIED = 8;

/**
 * Divides the ports of the IPv4 pool among the clients.
 *
 * A client's /64 gets ports in blocks of 64, and at random within a block (RFC 6056 §3.3.1: a random start, then the next free
 * port). A client keeps one pool address while it has mappings ("paired", RFC 4787 §4.1 REQ-2). A keyed hash chooses it; when it
 * is full, the client moves to another. Parity (UDP) and range are preserved while a port of that kind is free (RFC 4787 §4.2.2,
 * RFC 6146 §3.5.1.1). When there are no free blocks, clients get ports from blocks of others.
 *
 * A port is identified by its slot: block × 64 + bit. The time is bounded: a few bit operations per block map of 1,024 blocks.
 */
export class PortAllocator {
  readonly #spaces: PortBitmaps;
  readonly #addresses: Int32Array;
  readonly #set: AddressSet;
  /** For each exit: its first address, and the number of its addresses. */
  readonly #exitFirst: Int32Array;
  readonly #exitCount: Int32Array;
  /** Free ports of each exit and protocol. */
  readonly #exitFree: Int32Array;
  /** Ports that each exit and protocol has for clients, in use or free. */
  readonly #exitTotal: Int32Array;
  readonly #exitOf: Int32Array;
  readonly #pool: readonly PoolAddress[];
  readonly #clients: ClientTable;
  readonly #hash: KeyedHash;
  readonly #random: RandomWords;
  #inUse = 0;
  /** The /64 that ports are taken for now: {@link actFor}. */
  #high = 0;
  #low = 0;
  /** Who has how many of them: see {@link count}. */
  readonly shares: PortShares;
  /** The address of the port that {@link anyPort} returned. */
  anyPortAddress = 0;
  /** Logs blocks that clients get and return, if set. */
  log: BlockLog | null = null;

  /** @param memory `portWords(pool)` words */
  constructor(
    memory: Int32Array,
    pool: readonly PoolAddress[],
    clients: ClientTable,
    hash: KeyedHash,
    random: RandomWords,
  ) {
    const sorted = [...pool].sort((a, b) => a.exit - b.exit);
    this.#pool = sorted;
    this.#spaces = new PortBitmaps(memory, sorted);
    this.#addresses = Int32Array.from(sorted, (entry) => entry.address);
    this.#set = new AddressSet(this.#addresses);
    this.#exitOf = Int32Array.from(sorted, (entry) => entry.exit);
    const exits = sorted.reduce((most, entry) => Math.max(most, entry.exit + 1), 1);
    this.#exitFirst = new Int32Array(exits);
    this.#exitCount = new Int32Array(exits);
    this.#exitFree = new Int32Array(exits * 3);
    this.shares = new PortShares(exits);
    this.#clients = clients;
    this.#hash = hash;
    this.#random = random;
    sorted.forEach(({ exit }, index) => {
      if (this.#exitCount[exit]++ === 0) this.#exitFirst[exit] = index;
      for (let protocol = 0; protocol < 3; protocol++) {
        this.#exitFree[exit * 3 + protocol] += this.#spaces.freePorts(index * 3 + protocol);
      }
    });
    this.#exitTotal = this.#exitFree.slice();
  }

  /** Ports in use now. */
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
    return this.#addresses[this.#addressOf(slot >> 6)];
  }

  /** Port number of a slot. */
  port(slot: number): number {
    return this.#spaces.port(slot);
  }

  /** Names the /64 that the next ports are for: the log says so where one record counts several. */
  actFor(high: number, low: number): void {
    this.#high = high;
    this.#low = low;
  }

  /**
   * Takes a port for a client.
   *
   * @param client record of its /64
   * @param protocol {@link ProtocolIndex}
   * @param wanted the client's own port, whose parity and range are to be preserved
   * @returns its slot, or −1 when the exit has no free port for the protocol
   */
  allocate(client: number, protocol: number, exit: number, wanted: number): number {
    if (this.freePorts(exit, protocol) === 0) return -1;
    const low = wanted < SYSTEM_PORTS && protocol !== ProtocolIndex.icmp;
    const parity = (wanted & 1) === 0 ? PortMask.even : PortMask.odd;
    const mask = protocol === ProtocolIndex.udp ? parity : PortMask.all;
    let slot = this.#allocate(client, protocol, exit, low, mask);
    if (slot < 0 && mask !== PortMask.all) slot = this.#allocate(client, protocol, exit, low, PortMask.all);
    if (slot < 0) slot = this.#allocate(client, protocol, exit, !low, mask);
    if (slot < 0 && mask !== PortMask.all) slot = this.#allocate(client, protocol, exit, !low, PortMask.all);
    if (slot >= 0 && this.#clients.isCoarse(client)) this.#logIfAny(BlockEventKind.borrowed, slot >> 6, client);
    return slot;
  }

  /**
   * Takes a given port for a client, and its block if it has no owner: for a BIB entry that already exists.
   *
   * @returns its slot; −1 when it is not in the pool, −2 when it is not free
   */
  reserve(address: number, protocol: number, exit: number, port: number, client: number): number {
    const slot = this.#slotOf(address, protocol, exit, port);
    if (slot < 0) return slot;
    const block = slot >> 6;
    if (this.#spaces.owner(block) < 0) {
      this.#own(block, client);
      if (this.#clients.poolAddress(client) < 0) this.#clients.setPoolAddress(client, this.#addressOf(block));
      if (this.#clients.isCoarse(client)) this.#logIfAny(BlockEventKind.borrowed, block, client);
    } else if (this.#spaces.owner(block) !== client || this.#clients.isCoarse(client)) {
      this.#logIfAny(BlockEventKind.borrowed, block, client);
    }
    return this.#took(this.#spaces.take(block, slot & 63));
  }

  /**
   * Sets how many ports of each protocol an exit with one address can use, in whole blocks: as many as its IPv4 peer granted.
   * Call it when none of its ports is in use.
   */
  grant(exit: number, ports: number): void {
    const index = this.#exitFirst[exit];
    this.#pool[index].ranges.forEach((range, protocol) => {
      const change = this.#spaces.grant(index * 3 + protocol, ports, blocksOf(range));
      this.#exitFree[exit * 3 + protocol] += change;
      this.#exitTotal[exit * 3 + protocol] += change;
    });
  }

  /** Removes a port from the pool: that of a static binding. @returns as {@link reserve} does */
  withdraw(address: number, protocol: number, exit: number, port: number): number {
    const slot = this.#slotOf(address, protocol, exit, port);
    if (slot < 0) return slot;
    this.#spaces.withdraw(slot);
    this.#exitFree[exit * 3 + protocol]--;
    this.#exitTotal[exit * 3 + protocol]--;
    return slot;
  }

  /** Whether an address is in the pool of any exit. */
  has(address: number): boolean {
    return this.#set.has(address);
  }

  /** Returns a port to the pool. */
  free(slot: number): void {
    const spaces = this.#spaces;
    const block = slot >> 6;
    spaces.give(slot);
    this.#countFree(block, 1);
    const owner = spaces.owner(block);
    if (owner < 0) return;
    if (spaces.freeOf(block) === 1) this.#link(block, owner);
    if (!spaces.isFree(block)) return;
    this.#logIfAny(BlockEventKind.returned, block, owner);
    this.#unlink(block, owner);
    spaces.setOwner(block, -1);
    this.#clients.leave(owner);
  }

  /** Counts the port of a BIB entry in {@link shares}: 1 for an entry that is complete, −1 before its port is freed. */
  count(bindings: BindingTable, binding: number, change: number): void {
    const slot = bindings.slot(binding);
    if (slot < 0) return;
    const space = this.#spaces.space(slot >> 6);
    const pool = poolOf(this.#exitOf[(space / 3) | 0], space % 3);
    this.shares.count(pool, bindings.network(binding), bindings.clientWord(binding, 1), change);
  }

  /** Free ports of an exit and protocol. */
  freePorts(exit: number, protocol: number): number {
    return exit < this.#exitCount.length ? this.#exitFree[exit * 3 + protocol] : 0;
  }

  /** Ports of an exit and protocol that clients can have, in use or free. */
  totalPorts(exit: number, protocol: number): number {
    return exit < this.#exitCount.length ? this.#exitTotal[exit * 3 + protocol] : 0;
  }

  /**
   * A port of an exit and protocol, chosen at random, free or in use; its address is {@link anyPortAddress}.
   *
   * @returns its number, −1 when the address that was chosen has none
   */
  anyPort(exit: number, protocol: number): number {
    const count = exit < this.#exitCount.length ? this.#exitCount[exit] : 0;
    if (count === 0) return -1;
    const index = this.#exitFirst[exit] + ((this.#random.next() >>> 0) % count);
    this.anyPortAddress = this.#addresses[index];
    const range = this.#pool[index].ranges[protocol];
    if (range === null) return -1;
    const room = range[1] - range[0] + 1;
    const size = Math.min(room, this.#spaces.blocks(index * 3 + protocol) * BLOCK_PORTS);
    return size === 0 ? -1 : range[0] + ((this.#random.next() >>> 0) % size);
  }

  /** Blocks that clients own now. */
  ownedBlocks(): number {
    return this.#spaces.ownedBlocks();
  }

  /**
   * Logs blocks that clients own now as granted. Looks at `limit` blocks.
   *
   * @param from where to start: 0, or the result of the previous call
   * @returns where to continue, −1 at the end
   */
  listOwned(log: BlockLog, from: number, limit: number): number {
    return this.#spaces.forEachOwned(from, limit, (block, owner) => {
      this.#note(log, BlockEventKind.granted, block, owner);
    });
  }

  /** Ports in use according to the bit maps, for consistency checks. */
  popcount(): number {
    return this.#spaces.popcount();
  }

  /** Index of the pool address that a block belongs to. */
  #addressOf(block: number): number {
    return (this.#spaces.space(block) / 3) | 0;
  }

  /** The slot of a free port of the pool; −1 when the port is not in the pool, −2 when it is not free. */
  #slotOf(address: number, protocol: number, exit: number, port: number): number {
    const first = this.#set.indexOf(address);
    for (let index = first; first >= 0 && index < this.#addresses.length; index++) {
      if (this.#addresses[index] !== address || this.#exitOf[index] !== exit) continue;
      const slot = this.#spaces.slotOf(index * 3 + protocol, port);
      if (slot !== -1) return slot;
    }
    return -1;
  }

  /** Tries the client's own blocks, then a new block, then blocks of others. */
  #allocate(client: number, protocol: number, exit: number, low: boolean, mask: number): number {
    const own = this.#fromOwnBlocks(client, this.#list(protocol, low), exit, mask);
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
      const block = this.#find(index * 3 + protocol, low, BlockMap.unowned, mask);
      if (block < 0) continue;
      this.#own(block, client);
      this.#clients.setPoolAddress(client, index);
      return this.#takeAny(block, mask);
    }
    for (let i = 0; i < count; i++) {
      const index = start + i < first + count ? start + i : start + i - count;
      const parity = mask === PortMask.odd ? BlockMap.odd : BlockMap.even;
      let block = this.#find(index * 3 + protocol, low, parity, mask);
      if (block < 0 && mask === PortMask.all) block = this.#find(index * 3 + protocol, low, BlockMap.odd, mask);
      if (block < 0) continue;
      const isOthers = this.#spaces.owner(block) !== client && !this.#clients.isCoarse(client);
      if (isOthers) this.#logIfAny(BlockEventKind.borrowed, block, client);
      return this.#takeAny(block, mask);
    }
    return -1;
  }

  #find(space: number, low: boolean, map: number, mask: number): number {
    return this.#spaces.find(space, low, map, mask, this.#random.next());
  }

  /** The list of a client's blocks that a protocol and range use. */
  #list(protocol: number, low: boolean): number {
    if (protocol === ProtocolIndex.icmp) return 4;
    return protocol * 2 + (low ? 0 : 1);
  }

  #fromOwnBlocks(client: number, list: number, exit: number, mask: number): number {
    let block = this.#clients.firstBlock(client, list);
    for (let tried = 0; block >= 0 && tried < OWN_BLOCKS_TRIED; tried++) {
      if (this.#spaces.has(block, mask) && this.#exitOf[this.#addressOf(block)] === exit) {
        return this.#takeAny(block, mask);
      }
      block = this.#spaces.next(block);
    }
    return -1;
  }

  #own(block: number, client: number): void {
    this.#spaces.setOwner(block, client);
    this.#clients.use(client);
    this.#link(block, client);
    this.#logIfAny(BlockEventKind.granted, block, client);
  }

  /** Logs what happens to a block, if there is a log. */
  #logIfAny(kind: number, block: number, client: number): void {
    if (this.log !== null) this.#note(this.log, kind, block, client);
  }

  /**
   * A record that counts several clients owns its blocks for nobody: the log names `::/64` as the owner, and the client of
   * each of its ports as a borrower.
   */
  #note(log: BlockLog, kind: number, block: number, client: number): void {
    const index = this.#addressOf(block);
    const isCoarse = this.#clients.isCoarse(client);
    const isPort = kind === BlockEventKind.borrowed;
    const high = isCoarse ? (isPort ? this.#high : 0) : this.#clients.prefixWord(client, 0);
    const low = isCoarse ? (isPort ? this.#low : 0) : this.#clients.prefixWord(client, 1);
    const protocol = this.#spaces.space(block) % 3;
    const first = this.#spaces.port(block * BLOCK_PORTS);
    log.note(kind, protocol, this.#exitOf[index], this.#addresses[index], first, high, low);
  }

  #takeAny(block: number, mask: number): number {
    return this.#took(this.#spaces.takeAny(block, mask, this.#random.next()));
  }

  #took(slot: number): number {
    const block = slot >> 6;
    const owner = this.#spaces.owner(block);
    if (this.#spaces.freeOf(block) === 0 && owner >= 0) this.#unlink(block, owner);
    this.#countFree(block, -1);
    return slot;
  }

  #countFree(block: number, change: number): void {
    const space = this.#spaces.space(block);
    this.#exitFree[this.#exitOf[(space / 3) | 0] * 3 + (space % 3)] += change;
    this.#inUse -= change;
  }

  /** The list of a client that a block belongs to, by protocol and port range. */
  #listOf(block: number): number {
    return this.#list(this.#spaces.space(block) % 3, this.#spaces.isLow(block));
  }

  #link(block: number, client: number): void {
    const spaces = this.#spaces;
    const list = this.#listOf(block);
    const head = this.#clients.firstBlock(client, list);
    spaces.setNext(block, head);
    spaces.setPrevious(block, -1);
    if (head >= 0) spaces.setPrevious(head, block);
    this.#clients.setFirstBlock(client, list, block);
  }

  #unlink(block: number, client: number): void {
    const spaces = this.#spaces;
    const next = spaces.next(block);
    const previous = spaces.previous(block);
    if (previous >= 0) spaces.setNext(previous, next);
    else this.#clients.setFirstBlock(client, this.#listOf(block), next);
    if (next >= 0) spaces.setPrevious(next, previous);
  }
}
