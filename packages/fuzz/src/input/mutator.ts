/** Changes inputs at random: bits, numbers, blocks, words of the dictionary, parts of other inputs. */
import type { Random } from "./random.ts";

/** Numbers at the edges of what fields can hold. */
const EDGES: readonly number[] = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];
/** The most mutations on top of each other, as a power of two. */
const MOST_MUTATIONS_LOG2 = 4;

/** Mutates inputs of a target. */
export class Mutator {
  readonly #random: Random;
  readonly #maxBytes: number;
  readonly #dictionary: readonly Uint8Array[];
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(random: Random, maxBytes: number, dictionary: readonly Uint8Array[]) {
    this.#random = random;
    this.#maxBytes = maxBytes;
    this.#dictionary = dictionary;
    this.#bytes = new Uint8Array(maxBytes);
  }

  /** A changed copy of `parent`. The result is valid until the next call. @param other an input to take parts from */
  mutate(parent: Uint8Array, other: Uint8Array): Uint8Array {
    this.#length = Math.min(parent.length, this.#maxBytes);
    this.#bytes.set(parent.subarray(0, this.#length));
    for (let left = 1 << this.#random.below(MOST_MUTATIONS_LOG2 + 1); left > 0; left--) this.#mutateOnce(other);
    return this.#bytes.subarray(0, this.#length);
  }

  #mutateOnce(other: Uint8Array): void {
    const random = this.#random;
    const bytes = this.#bytes;
    if (this.#length === 0) {
      this.#insert(this.#word(other));
      return;
    }
    const at = random.below(this.#length);
    switch (random.below(12)) {
      case 0:
        bytes[at] ^= 1 << random.below(8);
        break;
      case 1:
        bytes[at] = random.word();
        break;
      case 2:
        this.#writeNumber(at, this.#readNumber(at, 1 << random.below(3)) + random.below(33) - 16, 1 << random.below(3));
        break;
      case 3:
        this.#writeNumber(at, EDGES[random.below(EDGES.length)], 1 << random.below(3));
        break;
      case 4:
        this.#remove(at, 1 + random.below(Math.min(this.#length - at, 64)));
        break;
      case 5:
        this.#insert(bytes.slice(at, at + 1 + random.below(64)));
        break;
      case 6: {
        const from = random.below(this.#length);
        bytes.copyWithin(at, from, Math.min(from + 1 + random.below(32), this.#length - Math.max(0, at - from)));
        break;
      }
      case 7:
        this.#overwrite(at, this.#word(other));
        break;
      case 8:
        this.#insert(this.#word(other));
        break;
      case 9: // the start of this one, the end of the other one
        this.#length = at;
        this.#append(other.subarray(random.below(other.length + 1)));
        break;
      case 10:
        bytes.fill(random.below(4) === 0 ? random.below(256) : 0, at, at + random.below(16));
        break;
      default:
        if (random.below(4) === 0) this.#length = at;
        else this.#append(Uint8Array.from({ length: 1 + random.below(16) }, () => random.word()));
    }
  }

  /** A word of the dictionary, or a part of another input. */
  #word(other: Uint8Array): Uint8Array {
    const random = this.#random;
    if (this.#dictionary.length > 0 && random.below(4) !== 0)
      return this.#dictionary[random.below(this.#dictionary.length)];
    const from = random.below(other.length + 1);
    return other.subarray(from, from + random.below(40));
  }

  #readNumber(at: number, size: number): number {
    let value = 0;
    for (let i = at; i < Math.min(at + size, this.#length); i++) value = value * 256 + this.#bytes[i];
    return value;
  }

  #writeNumber(at: number, value: number, size: number): void {
    for (let i = size - 1, rest = value >>> 0; i >= 0; i--, rest >>>= 8)
      if (at + i < this.#length) this.#bytes[at + i] = rest;
  }

  #overwrite(at: number, word: Uint8Array): void {
    this.#bytes.set(word.subarray(0, this.#length - at), at);
  }

  #insert(word: Uint8Array): void {
    const at = this.#random.below(this.#length + 1);
    const size = Math.min(word.length, this.#maxBytes - this.#length);
    const copy = word.slice(0, size);
    this.#bytes.copyWithin(at + size, at, this.#length);
    this.#bytes.set(copy, at);
    this.#length += size;
  }

  #append(word: Uint8Array): void {
    const size = Math.min(word.length, this.#maxBytes - this.#length);
    this.#bytes.set(word.subarray(0, size), this.#length);
    this.#length += size;
  }

  #remove(at: number, count: number): void {
    this.#bytes.copyWithin(at, at + count, this.#length);
    this.#length -= count;
  }
}
