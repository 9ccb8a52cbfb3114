import { indexHeads, unlinkFromBucket } from "../hash/hash-index.ts";

/** No place. */
const NONE = -1;

/**
 * Finds places by a word of their content: a hash index with chains. We or the coordinator choose the words, so the hash needs
 * no key.
 */
export class PlaceIndex {
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #shift: number;

  /** @param places number of places */
  constructor(places: number) {
    const heads = indexHeads(places);
    this.#heads = new Int32Array(heads).fill(NONE);
    this.#next = new Int32Array(places).fill(NONE);
    this.#shift = Math.clz32(heads) + 1;
  }

  /** Adds a place that is not in the index. */
  add(place: number, word: number): void {
    const bucket = this.#bucket(word);
    this.#next[place] = this.#heads[bucket];
    this.#heads[bucket] = place;
  }

  /** Removes a place that was added with this word. */
  remove(place: number, word: number): void {
    unlinkFromBucket(this.#heads, this.#bucket(word), this.#next, 1, 0, place);
  }

  /** The first place that may have the word, or −1. */
  first(word: number): number {
    return this.#heads[this.#bucket(word)];
  }

  /** The next place that may have the same word, or −1. */
  after(place: number): number {
    return this.#next[place];
  }

  /** Multiplication by the golden ratio spreads words that differ little. */
  #bucket(word: number): number {
    return Math.imul(word, 0x9e3779b9) >>> this.#shift;
  }
}
