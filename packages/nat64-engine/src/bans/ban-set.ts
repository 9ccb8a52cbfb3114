/**
 * A set of address blocks that may be large and close to each other, for the packet path: one binary search, no allocation.
 *
 * Two blocks either nest or are disjoint. Those inside others are left out, so the rest is sorted and disjoint, and the last block
 * that starts at or before an address is the only one that can contain it.
 */
import type { Cidr } from "@nat64/rfc6052";

const WORDS = 4;

/** Blocks of one address family. The default contains nothing. */
export class BanSet {
  /** First addresses of the blocks, sorted: four words each. IPv4 addresses use the first word. */
  #first: Uint32Array = new Uint32Array(0);
  /** Their last addresses. */
  #last: Uint32Array = new Uint32Array(0);
  #count = 0;

  /** Whether it contains no address. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Replaces the blocks. They may overlap, and must be of one family. */
  set(blocks: readonly Cidr[]): void {
    const disjoint: Cidr[] = [];
    for (const block of [...blocks].sort(byFirstAddress)) {
      const before = disjoint.at(-1);
      if (before === undefined || compare(block.words, lastOf(before)) > 0) disjoint.push(block);
    }
    this.#first = Uint32Array.from(disjoint.flatMap(({ words }) => [...words]));
    this.#last = Uint32Array.from(disjoint.flatMap((block) => [...lastOf(block)]));
    this.#count = disjoint.length;
  }

  /** Whether a block contains an address; 0 for the words that IPv4 does not have. */
  has(w0: number, w1: number, w2: number, w3: number): boolean {
    const first = this.#first;
    const last = this.#last;
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = middle * WORDS;
      if (isBefore(w0, w1, w2, w3, first, at)) high = middle - 1;
      else if (isAfter(w0, w1, w2, w3, last, at)) low = middle + 1;
      else return true;
    }
    return false;
  }
}

function isBefore(w0: number, w1: number, w2: number, w3: number, words: Uint32Array, at: number): boolean {
  if (w0 >>> 0 !== words[at]) return w0 >>> 0 < words[at];
  if (w1 >>> 0 !== words[at + 1]) return w1 >>> 0 < words[at + 1];
  if (w2 >>> 0 !== words[at + 2]) return w2 >>> 0 < words[at + 2];
  return w3 >>> 0 < words[at + 3];
}

function isAfter(w0: number, w1: number, w2: number, w3: number, words: Uint32Array, at: number): boolean {
  if (w0 >>> 0 !== words[at]) return w0 >>> 0 > words[at];
  if (w1 >>> 0 !== words[at + 1]) return w1 >>> 0 > words[at + 1];
  if (w2 >>> 0 !== words[at + 2]) return w2 >>> 0 > words[at + 2];
  return w3 >>> 0 > words[at + 3];
}

/** Larger blocks come before those inside them. */
function byFirstAddress(one: Cidr, other: Cidr): number {
  return compare(one.words, other.words) || one.length - other.length;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const word = one.findIndex((each, i) => each >>> 0 !== other[i] >>> 0);
  return word < 0 ? 0 : (one[word] >>> 0) - (other[word] >>> 0);
}

/** The last address of a block. The words that IPv4 does not use stay 0. */
function lastOf({ family, words, length }: Cidr): number[] {
  return words.map((word, i) => {
    const bits = length - 32 * i;
    if (bits >= 32 || (family === 4 && i > 0)) return word;
    return word | (bits <= 0 ? -1 : -1 >>> bits);
  });
}
