import { indexHeads, unlinkFromBucket } from "../hash/hash-index.ts";
import type { KeyedHash } from "../hash/keyed-hash.ts";
import { ClientCaps, type ClientLimits, limitedLevels } from "./client-caps.ts";
import { BLOCK_LISTS, CLIENT_WORDS, ClientWord } from "./client-record.ts";

/** The bits of the second word that belong to a prefix of each level. */
const SECOND_WORD_MASK = Int32Array.of(-1, 0xffffff00 | 0, 0xffff0000 | 0);

/** Keeps the hash of the shared records apart from those of the levels 0 … 2. */
const SHARED = 3;

/**
 * Records beside the table for clients that find no place in it: by a keyed hash of their /48. They have the caps of a /48, so
 * one network that opens sessions too fast disturbs one in this many of the others at most.
 */
const SHARED_CLIENTS = 256;

/** Words of the records of a table. */
export function clientWords(capacity: number): number {
  return (capacity + SHARED_CLIENTS) * CLIENT_WORDS;
}

/**
 * The prefixes of clients: the /64 and, where these have caps, the /56 and /48 around it. Anyone can get a /48, so limits on
 * single addresses or /64s alone would not help.
 *
 * Records have the index of their parent, and a BIB entry has the index of its /64, so checking a packet needs no hash. A record
 * is kept as long as something uses it.
 *
 * Many networks can't keep a newcomer out. When three quarters of the records are in use, an unknown client is counted by
 * its shortest prefix alone, in one record instead of three; when all are in use, in one of the {@link SHARED_CLIENTS}. Later sessions of that client get records of their own again.
 */
export class ClientTable {
  readonly capacity: number;
  /** The caps of the prefixes and what is counted against them. */
  readonly caps: ClientCaps;
  readonly #records: Int32Array;
  readonly #heads: Int32Array;
  readonly #mask: number;
  readonly #hash: KeyedHash;
  /** Levels 0 … 2 that records are made for. */
  readonly #levels: readonly number[];
  #free = -1;
  /** Records from here on were never used: they are not on the free list, and the system has not allocated them yet. */
  #unused = 0;
  #count = 0;
  /** Records in use from which on a new client is counted by its shortest prefix. */
  readonly #pressure: number;

  /**
   * @param records {@link clientWords} words; their content does not matter
   * @param heads as many words as `indexHeads(capacity)`
   */
  constructor(records: Int32Array, heads: Int32Array, capacity: number, hash: KeyedHash, limits: ClientLimits) {
    this.capacity = capacity;
    this.#records = records;
    this.#heads = heads.fill(-1);
    this.#mask = indexHeads(capacity) - 1;
    this.#hash = hash;
    this.#levels = limitedLevels(limits);
    this.caps = new ClientCaps(records, limits);
    this.#pressure = capacity - (capacity >> 2);
    for (let shared = capacity; shared < capacity + SHARED_CLIENTS; shared++) this.#start(shared, 2, -1, 0);
  }

  /** Whether records are so few that new clients are counted by their shortest prefix. */
  get isPressed(): boolean {
    return this.#count >= this.#pressure;
  }

  /** Whether a record counts more clients than one /64. */
  isCoarse(client: number): boolean {
    return this.#records[client * CLIENT_WORDS + ClientWord.level] !== 0;
  }

  /** Records in use. */
  get count(): number {
    return this.#count;
  }

  /**
   * The record that counts a client: that of its /64, made if there is none; when records are few, that of its shortest prefix,
   * or one that it shares. The caller has to call {@link use}, or {@link discard} if it does not keep it.
   *
   * @param high @param low the upper 64 bits of the address
   * @param now milliseconds, int32 that wraps
   * @returns its index
   */
  acquire(high: number, low: number, now: number): number {
    const own = this.isPressed ? this.find(0, high, low) : this.acquireOwn(high, low, now);
    if (own >= 0) return own;
    const level = this.#levels[this.#levels.length - 1];
    const masked = low & SECOND_WORD_MASK[level];
    let client = this.find(level, high, masked);
    if (client < 0) client = this.#make(level, high, masked, -1, now);
    return client >= 0 ? client : this.#shared(high, low);
  }

  /** The record of a /64 itself, as {@link acquire} finds it. @returns −1 when the table has no room for it */
  acquireOwn(high: number, low: number, now: number): number {
    const found = this.find(0, high, low);
    if (found >= 0) return found;
    // The shortest prefix first, so that each record finds its parent.
    let parent = -1;
    for (let i = this.#levels.length - 1; i >= 0; i--) {
      const level = this.#levels[i];
      const masked = low & SECOND_WORD_MASK[level];
      let client = this.find(level, high, masked);
      if (client < 0) client = this.#make(level, high, masked, parent, now);
      if (client < 0) {
        if (parent >= 0) this.discard(parent);
        return -1;
      }
      parent = client;
    }
    return parent;
  }

  /** The record of a prefix, or −1. Level 0 is /64, 1 is /56, 2 is /48. */
  find(level: number, high: number, low: number): number {
    const records = this.#records;
    let client = this.#heads[this.#hash.of3(level, high, low) & this.#mask];
    while (client >= 0) {
      const at = client * CLIENT_WORDS;
      if (records[at + 1] === low && records[at] === high && records[at + ClientWord.level] === level) return client;
      client = records[at + ClientWord.next];
    }
    return -1;
  }

  /** Adds a user of a record. */
  use(client: number): void {
    this.#records[client * CLIENT_WORDS + ClientWord.users]++;
  }

  /** Removes a user of a record. A record without users is freed, and likewise its parents. */
  leave(client: number): void {
    this.#records[client * CLIENT_WORDS + ClientWord.users]--;
    this.discard(client);
  }

  /** Frees a record, and likewise its parents, if it has no users. */
  discard(client: number): void {
    const records = this.#records;
    while (client >= 0 && client < this.capacity && records[client * CLIENT_WORDS + ClientWord.users] === 0) {
      const parent = records[client * CLIENT_WORDS + ClientWord.parent];
      this.#remove(client);
      if (parent >= 0) records[parent * CLIENT_WORDS + ClientWord.users]--;
      client = parent;
    }
  }

  /** A word of the record's prefix: 0 or 1. */
  prefixWord(client: number, word: number): number {
    return this.#records[client * CLIENT_WORDS + ClientWord.prefix + word];
  }

  /** Index of the pool address that the /64 uses, −1 for none yet. */
  poolAddress(client: number): number {
    return this.#records[client * CLIENT_WORDS + ClientWord.poolAddress];
  }

  setPoolAddress(client: number, index: number): void {
    this.#records[client * CLIENT_WORDS + ClientWord.poolAddress] = index;
  }

  /** The first block in a list of port blocks with free ports, or −1. */
  firstBlock(client: number, list: number): number {
    return this.#records[client * CLIENT_WORDS + ClientWord.blocks + list];
  }

  setFirstBlock(client: number, list: number, block: number): void {
    this.#records[client * CLIENT_WORDS + ClientWord.blocks + list] = block;
  }

  #make(level: number, high: number, low: number, parent: number, now: number): number {
    const records = this.#records;
    let client = this.#free;
    if (client >= 0) this.#free = records[client * CLIENT_WORDS + ClientWord.next];
    else if (this.#unused < this.capacity) client = this.#unused++;
    else return -1;
    const at = client * CLIENT_WORDS;
    const bucket = this.#hash.of3(level, high, low) & this.#mask;
    records[at] = high;
    records[at + 1] = low;
    records[at + ClientWord.next] = this.#heads[bucket];
    this.#heads[bucket] = client;
    this.#start(client, level, parent, now);
    if (parent >= 0) records[parent * CLIENT_WORDS + ClientWord.users]++;
    this.#count++;
    return client;
  }

  /** The record that clients without a place share; a keyed hash of the /48 chooses it. */
  #shared(high: number, low: number): number {
    return this.capacity + (this.#hash.of3(SHARED, high, low >>> 16) & (SHARED_CLIENTS - 1));
  }

  /** Starts a record that nothing uses yet; its prefix is not touched. */
  #start(client: number, level: number, parent: number, now: number): void {
    const records = this.#records;
    const at = client * CLIENT_WORDS;
    records[at + ClientWord.level] = level;
    records[at + ClientWord.parent] = parent;
    records[at + ClientWord.users] = 0;
    this.caps.start(client, level, now);
    records[at + ClientWord.poolAddress] = -1;
    records.fill(-1, at + ClientWord.blocks, at + ClientWord.blocks + BLOCK_LISTS);
  }

  #remove(client: number): void {
    const records = this.#records;
    const at = client * CLIENT_WORDS;
    const bucket = this.#hash.of3(records[at + ClientWord.level], records[at], records[at + 1]) & this.#mask;
    unlinkFromBucket(this.#heads, bucket, records, CLIENT_WORDS, ClientWord.next, client);
    records[at + ClientWord.next] = this.#free;
    this.#free = client;
    this.#count--;
  }
}
