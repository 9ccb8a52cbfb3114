import { indexHeads, unlinkFromBucket } from "../hash/hash-index.ts";
import type { KeyedHash } from "../hash/keyed-hash.ts";

/** Numbers for keys of two words: taken when a key is first seen, released when it is no longer needed. */
export class Records {
  readonly #capacity: number;
  readonly #keys: Int32Array;
  /** The next one of the same bucket, or on the free list. */
  readonly #next: Int32Array;
  readonly #heads: Int32Array;
  readonly #mask: number;
  readonly #hash: KeyedHash;
  #free = -1;
  /** Records from here on were never used: the system has not allocated them yet. */
  #unused = 0;
  #count = 0;

  constructor(capacity: number, hash: KeyedHash) {
    this.#capacity = capacity;
    this.#keys = new Int32Array(capacity * 2);
    this.#next = new Int32Array(capacity);
    this.#heads = new Int32Array(indexHeads(capacity)).fill(-1);
    this.#mask = this.#heads.length - 1;
    this.#hash = hash;
  }

  /** Numbers in use. */
  get count(): number {
    return this.#count;
  }

  /** The number of a key, −1 for none. */
  find(first: number, second: number): number {
    const keys = this.#keys;
    let record = this.#heads[this.#hash.of3(first, second, 0) & this.#mask];
    while (record >= 0 && (keys[2 * record] !== first || keys[2 * record + 1] !== second)) record = this.#next[record];
    return record;
  }

  /** A word of a number's key: 0 or 1. */
  keyWord(record: number, word: 0 | 1): number {
    return this.#keys[2 * record + word];
  }

  /** Takes a number for a key without one; −1 when all are in use. */
  take(first: number, second: number): number {
    let record = this.#free;
    if (record >= 0) this.#free = this.#next[record];
    else if (this.#unused < this.#capacity) record = this.#unused++;
    else return -1;
    const bucket = this.#hash.of3(first, second, 0) & this.#mask;
    this.#keys[2 * record] = first;
    this.#keys[2 * record + 1] = second;
    this.#next[record] = this.#heads[bucket];
    this.#heads[bucket] = record;
    this.#count++;
    return record;
  }

  /** Releases a number. */
  release(record: number): void {
    const next = this.#next;
    const bucket = this.#hash.of3(this.#keys[2 * record], this.#keys[2 * record + 1], 0) & this.#mask;
    unlinkFromBucket(this.#heads, bucket, next, 1, 0, record);
    next[record] = this.#free;
    this.#free = record;
    this.#count--;
  }
}
