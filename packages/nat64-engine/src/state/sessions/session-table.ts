import { indexHeads, unlinkFromBucket } from "../../hash/hash-index.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";

/** Words of a session record; two of them share a cache line. */
export const SESSION_WORDS = 8;
/** The BIB entry the session belongs to, −1 while the record is free. */
const BINDING = 0;
const REMOTE_ADDRESS = 1;
/** Port of the IPv4 endpoint in the low 16 bits, state above. */
const REMOTE_PORT_STATE = 2;
const VIA = 3;
/**
 * TCP: the last acknowledgment number seen from the client. For a session that holds an inbound SYN: the SYN. For a
 * closed session: the next newer one, see `ClosedSessions`.
 */
export const ACKNOWLEDGED = 4;
/** Milliseconds, int32 that wraps: see {@link TimerWheel}. */
export const SESSION_EXPIRY = 5;
/** Next record of the same bucket, or of the free list. */
const NEXT = 6;
/** {@link HOLDS_SYN}; for a closed session, above that bit, the next older one. */
export const FLAGS = 7;

/** Flag: the session waits for the IPv6 side and holds an inbound SYN. */
const HOLDS_SYN = 1;

/**
 * The session table (RFC 6146 §3.2): the IPv4 endpoints of each BIB entry, with their state. A hash index with chains finds a
 * session by (BIB entry, IPv4 address, port).
 *
 * Some of the accessors equal those of `BindingTable`, with other offsets. Each table has its own, so that all offsets are
 * constants on the packet path.
 *
 * There is one record more than the capacity: {@link transient} describes a packet of a binding without a session.
 */
export class SessionTable {
  readonly capacity: number;
  /** Index of the record that is never in the table. */
  readonly transient: number;
  readonly records: Int32Array;
  readonly #heads: Int32Array;
  readonly #mask: number;
  readonly #hash: KeyedHash;
  #free = -1;
  #count = 0;

  /**
   * @param records (`capacity` + 1) × {@link SESSION_WORDS} words
   * @param heads as many words as {@link indexHeads} says
   */
  constructor(records: Int32Array, heads: Int32Array, capacity: number, hash: KeyedHash) {
    this.capacity = capacity;
    this.transient = capacity;
    this.records = records;
    this.#heads = heads.fill(-1);
    this.#mask = indexHeads(capacity) - 1;
    this.#hash = hash;
  }

  /** Sessions in the table. */
  get count(): number {
    return this.#count;
  }

  /** Whether every record is in use. */
  get full(): boolean {
    return this.#free < 0;
  }

  /** Frees every record. */
  clear(): void {
    this.records.fill(0);
    for (let session = this.capacity; session >= 0; session--) this.records[session * SESSION_WORDS + BINDING] = -1;
  }

  /** Builds the index and the free list from the records. Records for which `keep` returns false are freed. */
  rebuild(keep: (session: number) => boolean): void {
    this.#heads.fill(-1);
    this.#free = -1;
    this.#count = 0;
    for (let session = this.capacity - 1; session >= 0; session--) {
      if (this.records[session * SESSION_WORDS + BINDING] >= 0 && keep(session)) {
        this.#link(session);
        this.#count++;
      } else {
        this.#putFree(session);
      }
    }
  }

  /** @returns the session of these three, or −1 */
  find(binding: number, address: number, port: number): number {
    const records = this.records;
    let session = this.#heads[this.#hash.of3(binding, address, port) & this.#mask];
    while (session >= 0) {
      if (this.matches(session, binding, address, port)) return session;
      session = records[session * SESSION_WORDS + NEXT];
    }
    return -1;
  }

  /** Whether a record is the live session of these three. */
  matches(session: number, binding: number, address: number, port: number): boolean {
    const at = session * SESSION_WORDS;
    const records = this.records;
    return (
      records[at + BINDING] === binding &&
      records[at + REMOTE_ADDRESS] === address &&
      (records[at + REMOTE_PORT_STATE] & 0xffff) === port
    );
  }

  /** Adds a session that is not in the table. @returns its index, −1 when the table is full */
  add(binding: number, address: number, port: number, via: number, state: number, expiry: number): number {
    const session = this.#free;
    if (session < 0) return -1;
    this.#free = this.records[session * SESSION_WORDS + NEXT];
    this.#write(session, binding, address, port, via, state);
    this.records[session * SESSION_WORDS + SESSION_EXPIRY] = expiry;
    this.#link(session);
    this.#count++;
    return session;
  }

  /** Fills the {@link transient} record. @returns its index */
  describe(binding: number, address: number, port: number, via: number, state: number): number {
    this.#write(this.transient, binding, address, port, via, state);
    return this.transient;
  }

  /** Removes a session. */
  remove(session: number): void {
    const records = this.records;
    const at = session * SESSION_WORDS;
    const port = records[at + REMOTE_PORT_STATE] & 0xffff;
    const bucket = this.#hash.of3(records[at + BINDING], records[at + REMOTE_ADDRESS], port) & this.#mask;
    unlinkFromBucket(this.#heads, bucket, records, SESSION_WORDS, NEXT, session);
    this.#putFree(session);
    this.#count--;
  }

  /** The session's BIB entry; −1 for a free record. */
  binding(session: number): number {
    return this.records[session * SESSION_WORDS + BINDING];
  }

  remoteAddress(session: number): number {
    return this.records[session * SESSION_WORDS + REMOTE_ADDRESS];
  }

  remotePort(session: number): number {
    return this.records[session * SESSION_WORDS + REMOTE_PORT_STATE] & 0xffff;
  }

  state(session: number): number {
    return this.records[session * SESSION_WORDS + REMOTE_PORT_STATE] >>> 16;
  }

  setState(session: number, state: number): void {
    const at = session * SESSION_WORDS + REMOTE_PORT_STATE;
    this.records[at] = (this.records[at] & 0xffff) | (state << 16);
  }

  via(session: number): number {
    return this.records[session * SESSION_WORDS + VIA];
  }

  setVia(session: number, via: number): void {
    this.records[session * SESSION_WORDS + VIA] = via;
  }

  expiry(session: number): number {
    return this.records[session * SESSION_WORDS + SESSION_EXPIRY];
  }

  setExpiry(session: number, expiry: number): void {
    this.records[session * SESSION_WORDS + SESSION_EXPIRY] = expiry;
  }

  /** The client's last acknowledgment number; only for a session that is not closed. */
  acknowledged(session: number): number {
    return this.records[session * SESSION_WORDS + ACKNOWLEDGED];
  }

  setAcknowledged(session: number, number: number): void {
    this.records[session * SESSION_WORDS + ACKNOWLEDGED] = number;
  }

  /** The inbound SYN that the session holds, or −1. */
  heldSyn(session: number): number {
    const at = session * SESSION_WORDS;
    return (this.records[at + FLAGS] & HOLDS_SYN) !== 0 ? this.records[at + ACKNOWLEDGED] : -1;
  }

  /** Sets the held SYN; −1 for none. */
  setHeldSyn(session: number, handle: number): void {
    const at = session * SESSION_WORDS;
    this.records[at + FLAGS] = handle >= 0 ? HOLDS_SYN : 0;
    this.records[at + ACKNOWLEDGED] = Math.max(handle, 0);
  }

  #write(session: number, binding: number, address: number, port: number, via: number, state: number): void {
    const at = session * SESSION_WORDS;
    const records = this.records;
    records[at + BINDING] = binding;
    records[at + REMOTE_ADDRESS] = address;
    records[at + REMOTE_PORT_STATE] = port | (state << 16);
    records[at + VIA] = via;
    records[at + ACKNOWLEDGED] = 0;
    records[at + FLAGS] = 0;
  }

  #link(session: number): void {
    const records = this.records;
    const at = session * SESSION_WORDS;
    const port = records[at + REMOTE_PORT_STATE] & 0xffff;
    const bucket = this.#hash.of3(records[at + BINDING], records[at + REMOTE_ADDRESS], port) & this.#mask;
    records[at + NEXT] = this.#heads[bucket];
    this.#heads[bucket] = session;
  }

  #putFree(session: number): void {
    this.records[session * SESSION_WORDS + BINDING] = -1;
    this.records[session * SESSION_WORDS + NEXT] = this.#free;
    this.#free = session;
  }
}
