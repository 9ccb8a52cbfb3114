import { indexHeads, unlinkFromBucket } from "../../hash/hash-index.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";

/** Words of a record. */
export const REMOTE_WORDS = 4;
const BINDING = 0;
const ADDRESS = 1;
const SESSIONS = 2;
const NEXT = 3;

/**
 * The IPv4 addresses that each BIB entry has sessions with. Address-Dependent Filtering checks them for every inbound packet
 * without a session (RFC 6146 §3.5, RFC 4787 §5). Exists only under that policy. At most one record for each session.
 */
export class RemoteAddresses {
  readonly #records: Int32Array;
  readonly #heads: Int32Array;
  readonly #mask: number;
  readonly #hash: KeyedHash;
  #free = -1;
  /** Records from here on were never used: they are not on the free list, and the system has not allocated them yet. */
  #unused = 0;

  constructor(records: Int32Array, heads: Int32Array, capacity: number, hash: KeyedHash) {
    this.#records = records;
    this.#heads = heads.fill(-1);
    this.#mask = indexHeads(capacity) - 1;
    this.#hash = hash;
  }

  /** Whether the BIB entry has a session with the address. */
  has(binding: number, address: number): boolean {
    return this.#find(this.#bucket(binding, address), binding, address) >= 0;
  }

  /** Counts a session that was made. */
  add(binding: number, address: number): void {
    const bucket = this.#bucket(binding, address);
    const records = this.#records;
    let record = this.#find(bucket, binding, address);
    if (record < 0) {
      record = this.#free;
      if (record >= 0) this.#free = records[record * REMOTE_WORDS + NEXT];
      else record = this.#unused++;
      const at = record * REMOTE_WORDS;
      records[at + BINDING] = binding;
      records[at + ADDRESS] = address;
      records[at + SESSIONS] = 0;
      records[at + NEXT] = this.#heads[bucket];
      this.#heads[bucket] = record;
    }
    records[record * REMOTE_WORDS + SESSIONS]++;
  }

  /** Counts a session that ended. */
  remove(binding: number, address: number): void {
    const bucket = this.#bucket(binding, address);
    const records = this.#records;
    const record = this.#find(bucket, binding, address);
    if (--records[record * REMOTE_WORDS + SESSIONS] > 0) return;
    unlinkFromBucket(this.#heads, bucket, records, REMOTE_WORDS, NEXT, record);
    records[record * REMOTE_WORDS + NEXT] = this.#free;
    this.#free = record;
  }

  #bucket(binding: number, address: number): number {
    return this.#hash.of3(binding, address, 0) & this.#mask;
  }

  #find(bucket: number, binding: number, address: number): number {
    const records = this.#records;
    let record = this.#heads[bucket];
    while (record >= 0) {
      const at = record * REMOTE_WORDS;
      if (records[at + BINDING] === binding && records[at + ADDRESS] === address) return record;
      record = records[at + NEXT];
    }
    return -1;
  }
}
