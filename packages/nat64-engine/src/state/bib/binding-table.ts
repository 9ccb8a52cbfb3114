import { indexHeads, unlinkFromBucket } from "../../hash/hash-index.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";

/** Words of a BIB entry: a cache line. */
export const BINDING_WORDS = 16;
/** 0 … 3: the client's IPv6 address. */
const CLIENT_ADDRESS = 0;
/** {@link bindingKey}. */
const KEY = 4;
const POOL_ADDRESS = 5;
/** {@link poolKey}. */
const POOL_KEY = 6;
const NEXT_BY_CLIENT = 7;
const NEXT_BY_POOL = 8;
const VIA = 9;
/** The session used last: saves a search when a client uses each port for one server. */
const RECENT = 10;
/** Record of the client's /64. */
const CLIENT = 11;
const SESSIONS = 12;
/** The port's slot in the pool, −1 for a static binding outside of it. */
const PORT_SLOT = 13;
/** A keyed hash of the client's /48, the same for all of its addresses: see {@link BindingTable.network}. */
const NETWORK = 15;
/** 0 free, {@link DYNAMIC} or {@link STATIC}; and the bits {@link EPOCH}, {@link UNPLACEABLE} and {@link RETIRED}. */
const KIND = 14;

const DYNAMIC = 1;
const STATIC = 2;
/** Flips with each {@link BindingTable.startMigration}: an entry with another bit has not migrated since. */
const EPOCH = 4;
const UNPLACEABLE = 8;
const RETIRED = 16;

/**
 * The part of a BIB key besides the address: port or ICMP identifier, protocol (0 TCP, 1 UDP, 2 ICMP), exit.
 *
 * @param exit 0 … 8191
 */
export function bindingKey(protocol: number, port: number, exit: number): number {
  return port | (protocol << 16) | (exit << 18);
}

/** The IPv4 side of a BIB entry without its address. */
export function poolKey(protocol: number, port: number): number {
  return port | (protocol << 16);
}

/**
 * The Binding Information Base (RFC 6146 §3.1): one entry for each client transport address and exit, so that the mapping is
 * endpoint-independent. Two hash indexes with chains, one for each direction. The three BIBs of the RFC are one table here:
 * the protocol is part of both keys.
 */
export class BindingTable {
  readonly capacity: number;
  readonly records: Int32Array;
  readonly #byClient: Int32Array;
  readonly #byPool: Int32Array;
  readonly #mask: number;
  readonly #hash: KeyedHash;
  #free = -1;
  #count = 0;
  #epoch = 0;
  #retired = 0;

  /**
   * @param records `capacity` × {@link BINDING_WORDS} words
   * @param byClient @param byPool as many words each as {@link indexHeads} says
   */
  constructor(records: Int32Array, byClient: Int32Array, byPool: Int32Array, capacity: number, hash: KeyedHash) {
    this.capacity = capacity;
    this.records = records;
    this.#byClient = byClient.fill(-1);
    this.#byPool = byPool.fill(-1);
    this.#mask = indexHeads(capacity) - 1;
    this.#hash = hash;
  }

  /** Entries in the BIB. */
  get count(): number {
    return this.#count;
  }

  /** Entries that are {@link isRetired}. */
  get retired(): number {
    return this.#retired;
  }

  /** Whether every record is in use. */
  get full(): boolean {
    return this.#free < 0;
  }

  /** Frees every record. */
  clear(): void {
    this.records.fill(0);
  }

  /**
   * Builds the indexes and the free list from the records. Entries for which `keep` returns false are freed.
   */
  rebuild(keep: (binding: number) => boolean): void {
    this.#byClient.fill(-1);
    this.#byPool.fill(-1);
    this.#free = -1;
    this.#count = this.#retired = 0;
    for (let binding = this.capacity - 1; binding >= 0; binding--) {
      const kind = binding * BINDING_WORDS + KIND;
      // A retired entry is over with the state that had it: its port may be that of another entry.
      if ((this.records[kind] & RETIRED) !== 0) this.records[kind] = 0;
      this.records[kind] &= DYNAMIC | STATIC;
      if (this.live(binding) && keep(binding)) {
        this.#link(binding);
        this.#count++;
      } else {
        this.#putFree(binding);
      }
    }
  }

  /** The entry of a client's transport address, or −1. `key` is {@link bindingKey}. */
  findByClient(a: number, b: number, c: number, d: number, key: number): number {
    const records = this.records;
    let binding = this.#byClient[this.#hash.of5(a, b, c, d, key) & this.#mask];
    while (binding >= 0) {
      const at = binding * BINDING_WORDS;
      if (
        records[at + 3] === d &&
        records[at + KEY] === key &&
        records[at] === a &&
        records[at + 1] === b &&
        records[at + 2] === c
      ) {
        return binding;
      }
      binding = records[at + NEXT_BY_CLIENT];
    }
    return -1;
  }

  /** The entry of a transport address of the pool, or −1. `key` is {@link poolKey}. */
  findByPool(address: number, key: number): number {
    const records = this.records;
    let binding = this.#byPool[this.#hash.of3(address, key, 0) & this.#mask];
    while (binding >= 0) {
      const at = binding * BINDING_WORDS;
      if (records[at + POOL_ADDRESS] === address && records[at + POOL_KEY] === key) return binding;
      binding = records[at + NEXT_BY_POOL];
    }
    return -1;
  }

  /** Adds an entry without sessions. @returns its index, −1 when the table is full */
  add(
    source: Int32Array,
    key: number,
    poolAddress: number,
    poolPort: number,
    via: number,
    client: number,
    slot: number,
  ): number {
    const binding = this.#free;
    if (binding < 0) return -1;
    const records = this.records;
    const at = binding * BINDING_WORDS;
    this.#free = records[at + NEXT_BY_CLIENT];
    records[at] = source[0];
    records[at + 1] = source[1];
    records[at + 2] = source[2];
    records[at + 3] = source[3];
    records[at + KEY] = key;
    records[at + POOL_ADDRESS] = poolAddress;
    records[at + POOL_KEY] = poolPort | (key & 0x30000);
    records[at + VIA] = via;
    records[at + RECENT] = -1;
    records[at + CLIENT] = client;
    records[at + SESSIONS] = 0;
    records[at + PORT_SLOT] = slot;
    records[at + KIND] = DYNAMIC | this.#epoch;
    this.#link(binding);
    this.#count++;
    return binding;
  }

  /** Removes an entry. */
  remove(binding: number): void {
    if (this.isRetired(binding)) this.#retired--;
    else this.#unlink(binding);
    this.#putFree(binding);
    this.#count--;
  }

  /** Makes an entry one that no packet finds, and that has no port. It is removed when its sessions have ended. */
  retire(binding: number): void {
    this.#unlink(binding);
    this.setSlot(binding, -1);
    this.records[binding * BINDING_WORDS + KIND] |= RETIRED | UNPLACEABLE;
    this.#retired++;
  }

  isRetired(binding: number): boolean {
    return (this.records[binding * BINDING_WORDS + KIND] & RETIRED) !== 0;
  }

  live(binding: number): boolean {
    return this.records[binding * BINDING_WORDS + KIND] !== 0;
  }

  /** Whether both keys of an entry have the same, valid protocol. For records in a used buffer. */
  sane(binding: number): boolean {
    const key = this.records[binding * BINDING_WORDS + KEY];
    const pool = this.records[binding * BINDING_WORDS + POOL_KEY];
    return pool >>> 16 === ((key >>> 16) & 3) && pool >>> 16 <= 2;
  }

  isStatic(binding: number): boolean {
    return (this.records[binding * BINDING_WORDS + KIND] & STATIC) !== 0;
  }

  setStatic(binding: number, value: boolean): void {
    const at = binding * BINDING_WORDS + KIND;
    this.records[at] = (this.records[at] & ~(STATIC | DYNAMIC)) | (value ? STATIC : DYNAMIC);
  }

  /** From now on no entry has migrated: its client and port are those of earlier tables. New entries have. */
  startMigration(): void {
    this.#epoch ^= EPOCH;
  }

  /** Whether the client record and the port of an entry are those of today's tables. */
  isMigrated(binding: number): boolean {
    return (this.records[binding * BINDING_WORDS + KIND] & EPOCH) === this.#epoch;
  }

  markMigrated(binding: number): void {
    this.records[binding * BINDING_WORDS + KIND] ^= EPOCH;
  }

  /** Whether today's configuration has no place for an entry: it is removed when its sessions have ended. */
  isUnplaceable(binding: number): boolean {
    return (this.records[binding * BINDING_WORDS + KIND] & UNPLACEABLE) !== 0;
  }

  markUnplaceable(binding: number): void {
    this.records[binding * BINDING_WORDS + KIND] |= UNPLACEABLE;
  }

  /** A keyed hash of the client's /48. */
  network(binding: number): number {
    return this.records[binding * BINDING_WORDS + NETWORK];
  }

  /** The keyed hash of the /48 of an address. @param high @param low the upper 64 bits */
  networkOf(high: number, low: number): number {
    return this.#hash.of3(high, low >>> 16, 48);
  }

  /** A word of the client's IPv6 address, 0 … 3. */
  clientWord(binding: number, word: number): number {
    return this.records[binding * BINDING_WORDS + CLIENT_ADDRESS + word];
  }

  /** Writes the client's IPv6 address into four words. */
  copyClient(binding: number, words: Int32Array): void {
    const at = binding * BINDING_WORDS + CLIENT_ADDRESS;
    words[0] = this.records[at];
    words[1] = this.records[at + 1];
    words[2] = this.records[at + 2];
    words[3] = this.records[at + 3];
  }

  /** Port or ICMP identifier of the client. */
  clientPort(binding: number): number {
    return this.records[binding * BINDING_WORDS + KEY] & 0xffff;
  }

  /** 0 TCP, 1 UDP, 2 ICMP. */
  protocol(binding: number): number {
    return (this.records[binding * BINDING_WORDS + KEY] >>> 16) & 3;
  }

  exit(binding: number): number {
    return this.records[binding * BINDING_WORDS + KEY] >>> 18;
  }

  poolAddress(binding: number): number {
    return this.records[binding * BINDING_WORDS + POOL_ADDRESS];
  }

  poolPort(binding: number): number {
    return this.records[binding * BINDING_WORDS + POOL_KEY] & 0xffff;
  }

  /** The number of the prefix that the client used last. */
  via(binding: number): number {
    return this.records[binding * BINDING_WORDS + VIA];
  }

  setVia(binding: number, via: number): void {
    this.records[binding * BINDING_WORDS + VIA] = via;
  }

  /** A session that may belong to the entry, or −1. */
  recent(binding: number): number {
    return this.records[binding * BINDING_WORDS + RECENT];
  }

  setRecent(binding: number, session: number): void {
    this.records[binding * BINDING_WORDS + RECENT] = session;
  }

  client(binding: number): number {
    return this.records[binding * BINDING_WORDS + CLIENT];
  }

  setClient(binding: number, client: number): void {
    this.records[binding * BINDING_WORDS + CLIENT] = client;
  }

  slot(binding: number): number {
    return this.records[binding * BINDING_WORDS + PORT_SLOT];
  }

  setSlot(binding: number, slot: number): void {
    this.records[binding * BINDING_WORDS + PORT_SLOT] = slot;
  }

  sessions(binding: number): number {
    return this.records[binding * BINDING_WORDS + SESSIONS];
  }

  setSessions(binding: number, sessions: number): void {
    this.records[binding * BINDING_WORDS + SESSIONS] = sessions;
  }

  #clientBucket(at: number): number {
    const r = this.records;
    return this.#hash.of5(r[at], r[at + 1], r[at + 2], r[at + 3], r[at + KEY]) & this.#mask;
  }

  #link(binding: number): void {
    const at = binding * BINDING_WORDS;
    const records = this.records;
    const client = this.#clientBucket(at);
    records[at + NEXT_BY_CLIENT] = this.#byClient[client];
    this.#byClient[client] = binding;
    const pool = this.#hash.of3(records[at + POOL_ADDRESS], records[at + POOL_KEY], 0) & this.#mask;
    records[at + NEXT_BY_POOL] = this.#byPool[pool];
    this.#byPool[pool] = binding;
    records[at + NETWORK] = this.networkOf(records[at], records[at + 1]);
  }

  #unlink(binding: number): void {
    const at = binding * BINDING_WORDS;
    const records = this.records;
    unlinkFromBucket(this.#byClient, this.#clientBucket(at), records, BINDING_WORDS, NEXT_BY_CLIENT, binding);
    const bucket = this.#hash.of3(records[at + POOL_ADDRESS], records[at + POOL_KEY], 0) & this.#mask;
    unlinkFromBucket(this.#byPool, bucket, records, BINDING_WORDS, NEXT_BY_POOL, binding);
  }

  #putFree(binding: number): void {
    this.records[binding * BINDING_WORDS + KIND] = 0;
    this.records[binding * BINDING_WORDS + NEXT_BY_CLIENT] = this.#free;
    this.#free = binding;
  }
}
