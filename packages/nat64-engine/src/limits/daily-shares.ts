/** Bytes of a day, by client: keeps one client from using up what is there for all. */
import { KeyedHash } from "../hash/keyed-hash.ts";

/** Rows of each sketch, and cells of each row: a power of two. */
const ROWS = 4;
const CELLS = 4096;
const SKETCH_CELLS = ROWS * CELLS;

/** Cells of both sketches together. */
export const SHARE_CELLS: number = 2 * SKETCH_CELLS;

/** The bits of the second word of an address that belong to its /48. */
const SITE_MASK = 0xffff0000 | 0;

/** From this part of a share on, no new sessions begin: the rest is for open ones. */
const LOW = 0.95;

/** Bytes that a client may use in a day. */
export interface DailyLimits {
  /** Of a /64. */
  readonly client: number;
  /** Of a /48. */
  readonly site: number;
}

/** What {@link DailyShares.save} returns: it contains no addresses. */
export interface SavedShares {
  /** The key of the hash: two words. */
  readonly key: readonly [number, number];
  /** KiB by cell, those of the /64s before those of the /48s. */
  readonly cells: Float32Array;
}

/**
 * Counts bytes for each /64 and each /48 in two count-min sketches with a keyed hash: memory of a fixed size, whoever sends and from
 * however many prefixes. There is nothing to evict, so nobody can make it forget.
 *
 * A client counts as its smallest cell of four, so it may be overestimated, but never underestimated. It loses its share without
 * having used it only if all four are also used by others that have used theirs: with 200 such clients on a day, one in
 * 176,000. Anyone who wanted to fill the cells of others would first need to use up thousands of shares.
 */
export class DailyShares {
  #key: readonly [number, number];
  #hash: KeyedHash;
  /** Bytes: the cells of the /64s, then those of the /48s. */
  readonly #cells: Float64Array = new Float64Array(SHARE_CELLS);
  /** Where the last looked-up prefix has its cells. */
  readonly #places: Int32Array = new Int32Array(ROWS);
  #client = Number.POSITIVE_INFINITY;
  #site = Number.POSITIVE_INFINITY;
  #isAnyLow = false;

  /** @param random random 32-bit words, for the hash */
  constructor(random: () => number) {
    this.#key = [random() | 0, random() | 0];
    this.#hash = new KeyedHash(...this.#key);
  }

  /** Whether there are limits. */
  get isOn(): boolean {
    return this.#client < Number.POSITIVE_INFINITY;
  }

  /** Whether any client has so little left that {@link DailyShares.isLow}: while none has, nobody need be looked up. */
  get isAnyLow(): boolean {
    return this.#isAnyLow;
  }

  /** Sets the limits, without any if left out. What was used stays. */
  set(limits: DailyLimits | undefined): void {
    this.#client = limits?.client ?? Number.POSITIVE_INFINITY;
    this.#site = limits?.site ?? Number.POSITIVE_INFINITY;
    const cells = this.#cells;
    this.#isAnyLow =
      this.isOn && cells.some((bytes, i) => bytes >= LOW * (i < SKETCH_CELLS ? this.#client : this.#site));
  }

  /** Starts a new day: nothing is used. */
  clear(): void {
    this.#cells.fill(0);
    this.#isAnyLow = false;
  }

  /** Counts bytes of a client. @param high @param low the upper 64 bits of its address */
  count(high: number, low: number, bytes: number): void {
    if (this.#add(0, high, low, bytes) >= LOW * this.#client) this.#isAnyLow = true;
    if (this.#add(1, high, low & SITE_MASK, bytes) >= LOW * this.#site) this.#isAnyLow = true;
  }

  /** Whether a client has used its share or that of its /48. */
  isUsed(high: number, low: number): boolean {
    return this.#isAnyLow && this.#exceeds(high, low, 1);
  }

  /** Whether so little is left that it is reserved for open sessions. */
  isLow(high: number, low: number): boolean {
    return this.#isAnyLow && this.#exceeds(high, low, LOW);
  }

  /** What was used, for {@link DailyShares.restore} after a restart. */
  save(): SavedShares {
    return { key: this.#key, cells: Float32Array.from(this.#cells, (bytes) => bytes / 1024) };
  }

  /** Continues with what was used. Throws a RangeError if it has another size. */
  restore({ key, cells }: SavedShares): void {
    if (cells.length !== this.#cells.length) throw new RangeError(`${cells.length} cells instead of ${SHARE_CELLS}`);
    this.#key = key;
    this.#hash = new KeyedHash(...key);
    this.#cells.set(cells.map((kib) => kib * 1024));
    this.set(this.isOn ? { client: this.#client, site: this.#site } : undefined);
  }

  #exceeds(high: number, low: number, part: number): boolean {
    return this.#used(0, high, low) >= part * this.#client || this.#used(1, high, low & SITE_MASK) >= part * this.#site;
  }

  /** Bytes that a prefix has used, or more. Notes its cells. */
  #used(sketch: number, high: number, low: number): number {
    const places = this.#places;
    const first = this.#hash.of3(sketch, high, low);
    const step = this.#hash.of3(sketch | 2, high, low) | 1;
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < ROWS; row++) {
      const place = (sketch * ROWS + row) * CELLS + ((first + Math.imul(row, step)) & (CELLS - 1));
      places[row] = place;
      if (this.#cells[place] < least) least = this.#cells[place];
    }
    return least;
  }

  /** Adds to the bytes of a prefix, and to its other cells only as far as needed. @returns its bytes */
  #add(sketch: number, high: number, low: number, bytes: number): number {
    const used = this.#used(sketch, high, low) + bytes;
    const cells = this.#cells;
    for (let row = 0; row < ROWS; row++) {
      const place = this.#places[row];
      if (cells[place] < used) cells[place] = used;
    }
    return used;
  }
}
