import { Reason } from "../drop-reasons.ts";
import { indexHeads } from "../hash/hash-index.ts";
import type { KeyedHash } from "../hash/keyed-hash.ts";

/** Words of a record: a cache line. */
export const CLIENT_WORDS = 16;
/** 0, 1: the upper 64 bits of the prefix, host bits zero. */
const PREFIX = 0;
const LEVEL = 2;
/** The record of the next shorter prefix that has caps, −1 for none. */
const PARENT = 3;
const NEXT = 4;
/** What keeps the record: BIB entries and port blocks of a /64, records of longer prefixes below it. */
const USERS = 5;
const SESSIONS = 6;
/** Thousandths of a token. */
const NEW_SESSION_TOKENS = 7;
const PACKET_TOKENS = 8;
/** When the tokens were last filled up. */
const FILLED = 9;
/** The pool address that a /64 uses, as its index, −1 for none yet. */
const POOL_ADDRESS = 10;
/** 11 … 15: the port blocks of a /64 that have room, for each protocol and range of ports. */
const BLOCKS = 11;

/** Number of block lists of a /64. */
export const BLOCK_LISTS = 5;

/** Limits of one prefix length; Infinity where there is none. */
export interface PrefixLimits {
  readonly sessions: number;
  readonly newSessionsPerSecond: number;
  readonly packetsPerSecond: number;
}

/** Limits of the three prefix lengths that are watched. */
export interface ClientLimits {
  readonly "64": PrefixLimits;
  readonly "56": PrefixLimits;
  readonly "48": PrefixLimits;
}

/** No limits at all. */
export const UNLIMITED: PrefixLimits = {
  sessions: Number.POSITIVE_INFINITY,
  newSessionsPerSecond: Number.POSITIVE_INFINITY,
  packetsPerSecond: Number.POSITIVE_INFINITY,
};

const LENGTHS = ["64", "56", "48"] as const;
/** The bits of the second word that belong to a prefix of each level. */
const SECOND_WORD_MASK = Int32Array.of(-1, 0xffffff00 | 0, 0xffff0000 | 0);

/** The largest burst, so that thousandths of a token stay within int32. */
const LARGEST_BURST = 2_000_000;

/**
 * The prefixes that clients come from, as /64 and, where these are limited, the /56 and /48 around them: anyone gets a
 * /48 for the asking, so counting single addresses or /64s alone would bound nothing.
 *
 * Records are chained by parent index and a BIB entry holds the index of its /64: checking a packet needs no hashing.
 * A record lives as long as something uses it.
 */
export class ClientTable {
  readonly capacity: number;
  readonly #records: Int32Array;
  readonly #heads: Int32Array;
  readonly #mask: number;
  readonly #hash: KeyedHash;
  readonly #sessionCap: Float64Array = new Float64Array(LENGTHS.length);
  readonly #newSessionRate: Float64Array = new Float64Array(LENGTHS.length);
  readonly #packetRate: Float64Array = new Float64Array(LENGTHS.length);
  /** Levels 0 … 2 that records are made for. */
  readonly #levels: readonly number[];
  #limitsPackets = false;
  #limitsSessions = false;
  #free = -1;
  /** Records from here on were never used: they are not on the free list, and no memory of the machine yet. */
  #unused = 0;
  #count = 0;

  /**
   * @param records `capacity` × {@link CLIENT_WORDS} words; what they hold does not matter
   * @param heads as many words as `indexHeads(capacity)`
   */
  constructor(records: Int32Array, heads: Int32Array, capacity: number, hash: KeyedHash, limits: ClientLimits) {
    this.capacity = capacity;
    this.#records = records;
    this.#heads = heads.fill(-1);
    this.#mask = indexHeads(capacity) - 1;
    this.#hash = hash;
    this.#levels = limitedLevels(limits);
    this.setLimits(limits);
  }

  /** Other limits from now on, of the same prefix lengths: see {@link limitedLevels}. */
  setLimits(limits: ClientLimits): void {
    const all = LENGTHS.map((length) => limits[length]);
    this.#sessionCap.set(all.map((l) => l.sessions));
    this.#newSessionRate.set(all.map((l) => l.newSessionsPerSecond));
    this.#packetRate.set(all.map((l) => l.packetsPerSecond));
    this.#limitsPackets = all.some((l) => l.packetsPerSecond < Infinity);
    this.#limitsSessions = all.some((l) => Math.min(l.sessions, l.newSessionsPerSecond) < Infinity);
  }

  /** Records in use. */
  get count(): number {
    return this.#count;
  }

  /**
   * The record of a /64, made if there is none. Whoever keeps it calls {@link use}; if nobody does, it has to be handed
   * back with {@link discard}.
   *
   * @param high @param low the upper 64 bits of the address
   * @param now milliseconds, int32 that wraps
   * @returns its index, −1 when the table is full
   */
  acquire(high: number, low: number, now: number): number {
    const found = this.find(0, high, low);
    if (found >= 0) return found;
    // Widest prefix first, so that each record finds its parent.
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
      if (records[at + 1] === low && records[at] === high && records[at + LEVEL] === level) return client;
      client = records[at + NEXT];
    }
    return -1;
  }

  /** Counts one more user of a record. */
  use(client: number): void {
    this.#records[client * CLIENT_WORDS + USERS]++;
  }

  /** Counts one user less; a record without users is freed, and its parents likewise. */
  leave(client: number): void {
    this.#records[client * CLIENT_WORDS + USERS]--;
    this.discard(client);
  }

  /** Frees a record, and its parents, if nobody uses it. */
  discard(client: number): void {
    const records = this.#records;
    while (client >= 0 && records[client * CLIENT_WORDS + USERS] === 0) {
      const parent = records[client * CLIENT_WORDS + PARENT];
      this.#remove(client);
      if (parent >= 0) records[parent * CLIENT_WORDS + USERS]--;
      client = parent;
    }
  }

  /**
   * Takes tokens for packets from a /64 and the prefixes around it. A super-packet may overdraw: the debt is waited for.
   *
   * @param packets number of segments
   * @returns 0, or the reason to drop them
   */
  admitPackets(client: number, packets: number, now: number): Reason {
    if (!this.#limitsPackets) return 0;
    const records = this.#records;
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + PARENT]) {
      this.#fill(c, now);
      if (records[c * CLIENT_WORDS + PACKET_TOKENS] <= 0) return Reason["cap-packets"];
    }
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + PARENT]) {
      const at = c * CLIENT_WORDS;
      if (this.#packetRate[records[at + LEVEL]] < Infinity) records[at + PACKET_TOKENS] -= packets * 1000;
    }
    return 0;
  }

  /** Takes a token for a new session. @returns 0, or the reason to refuse it */
  admitSession(client: number, now: number): Reason {
    if (!this.#limitsSessions) return 0;
    const records = this.#records;
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + PARENT]) {
      const at = c * CLIENT_WORDS;
      if (records[at + SESSIONS] >= this.#sessionCap[records[at + LEVEL]]) return Reason["cap-sessions"];
      this.#fill(c, now);
      if (records[at + NEW_SESSION_TOKENS] < 1000) return Reason["cap-new-sessions"];
    }
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + PARENT]) {
      const at = c * CLIENT_WORDS;
      if (this.#newSessionRate[records[at + LEVEL]] < Infinity) records[at + NEW_SESSION_TOKENS] -= 1000;
    }
    return 0;
  }

  /** Whether the caps leave room for one more session, made before and not counted since it closed. */
  hasRoom(client: number): boolean {
    if (!this.#limitsSessions) return true;
    const records = this.#records;
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + PARENT]) {
      if (records[c * CLIENT_WORDS + SESSIONS] >= this.#sessionCap[records[c * CLIENT_WORDS + LEVEL]]) return false;
    }
    return true;
  }

  /** Counts sessions that were made or opened again (1), or closed or ended (−1): those that are open. */
  countSession(client: number, change: number): void {
    const records = this.#records;
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + PARENT]) records[c * CLIENT_WORDS + SESSIONS] += change;
  }

  /** Open sessions of a record's prefix: all but TCP sessions that are closed. */
  sessions(client: number): number {
    return this.#records[client * CLIENT_WORDS + SESSIONS];
  }

  /** A word of the record's prefix: 0 or 1. */
  prefixWord(client: number, word: number): number {
    return this.#records[client * CLIENT_WORDS + PREFIX + word];
  }

  /** Index of the pool address that the /64 uses, −1 for none yet. */
  poolAddress(client: number): number {
    return this.#records[client * CLIENT_WORDS + POOL_ADDRESS];
  }

  setPoolAddress(client: number, index: number): void {
    this.#records[client * CLIENT_WORDS + POOL_ADDRESS] = index;
  }

  /** First block of one of the lists of port blocks with room, or −1. */
  firstBlock(client: number, list: number): number {
    return this.#records[client * CLIENT_WORDS + BLOCKS + list];
  }

  setFirstBlock(client: number, list: number, block: number): void {
    this.#records[client * CLIENT_WORDS + BLOCKS + list] = block;
  }

  #make(level: number, high: number, low: number, parent: number, now: number): number {
    const records = this.#records;
    let client = this.#free;
    if (client >= 0) this.#free = records[client * CLIENT_WORDS + NEXT];
    else if (this.#unused < this.capacity) client = this.#unused++;
    else return -1;
    const at = client * CLIENT_WORDS;
    const bucket = this.#hash.of3(level, high, low) & this.#mask;
    records[at] = high;
    records[at + 1] = low;
    records[at + LEVEL] = level;
    records[at + PARENT] = parent;
    records[at + NEXT] = this.#heads[bucket];
    this.#heads[bucket] = client;
    records[at + USERS] = 0;
    records[at + SESSIONS] = 0;
    records[at + NEW_SESSION_TOKENS] = burst(this.#newSessionRate[level]);
    records[at + PACKET_TOKENS] = burst(this.#packetRate[level]);
    records[at + FILLED] = now;
    records[at + POOL_ADDRESS] = -1;
    records.fill(-1, at + BLOCKS, at + BLOCKS + BLOCK_LISTS);
    if (parent >= 0) records[parent * CLIENT_WORDS + USERS]++;
    this.#count++;
    return client;
  }

  #remove(client: number): void {
    const records = this.#records;
    const at = client * CLIENT_WORDS;
    const bucket = this.#hash.of3(records[at + LEVEL], records[at], records[at + 1]) & this.#mask;
    let before = this.#heads[bucket];
    if (before === client) {
      this.#heads[bucket] = records[at + NEXT];
    } else {
      while (records[before * CLIENT_WORDS + NEXT] !== client) before = records[before * CLIENT_WORDS + NEXT];
      records[before * CLIENT_WORDS + NEXT] = records[at + NEXT];
    }
    records[at + NEXT] = this.#free;
    this.#free = client;
    this.#count--;
  }

  /** Fills the two buckets up for the time that has passed. */
  #fill(client: number, now: number): void {
    const records = this.#records;
    const at = client * CLIENT_WORDS;
    const elapsed = (now - records[at + FILLED]) | 0;
    if (elapsed === 0) return;
    records[at + FILLED] = now;
    const level = records[at + LEVEL];
    records[at + NEW_SESSION_TOKENS] = refill(records[at + NEW_SESSION_TOKENS], this.#newSessionRate[level], elapsed);
    records[at + PACKET_TOKENS] = refill(records[at + PACKET_TOKENS], this.#packetRate[level], elapsed);
  }
}

/** Levels that a table with these limits has records of: 0 for /64 always, 1 for /56 and 2 for /48 where they are limited. */
export function limitedLevels(limits: ClientLimits): readonly number[] {
  return [0, 1, 2].filter((level) => {
    const { sessions, newSessionsPerSecond, packetsPerSecond } = limits[LENGTHS[level]];
    return level === 0 || Math.min(sessions, newSessionsPerSecond, packetsPerSecond) < Infinity;
  });
}

/** Thousandths of a token in a full bucket: those of one second, at least one token. */
function burst(rate: number): number {
  return Math.floor(Math.min(Math.max(rate, 1), LARGEST_BURST) * 1000);
}

/** A rate of one token per second is one thousandth per millisecond. A negative time means that it wrapped: full. */
function refill(tokens: number, rate: number, elapsed: number): number {
  const full = burst(rate);
  if (elapsed < 0 || rate === Infinity) return full;
  return Math.min(tokens + rate * elapsed, full) | 0;
}
