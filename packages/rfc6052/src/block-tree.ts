/**
 * Longest match over a fixed set of blocks, for the packet path: no allocation, no exception, typed arrays only.
 *
 * Two blocks either nest or are disjoint, so they form a forest. For each value of an address's first octet, the array
 * holds the blocks inside it in preorder (a block before its descendants), each with the position after its last
 * descendant. A search walks siblings and descends into the one that matches. Blocks of eight bits or fewer cost
 * nothing, because the search starts with their value. Most first octets have no further blocks to walk.
 */
import { type IPv6Words, maskWord } from "./words.ts";

/** A block and the value that a match returns: an int32, usually an index. IPv4 blocks use only the first word. */
export interface ValuedBlock {
  readonly words: IPv6Words;
  /** In bits. */
  readonly length: number;
  readonly value: number;
}

/** A compiled set of blocks of one family. If two blocks are equal, the last one wins. */
export class BlockTree {
  /** For each first octet: the value of the longest block that covers all of it. */
  readonly #whole: Int32Array = new Int32Array(256);
  /** For each first octet: the position of its first block. One extra entry marks the end of the last. */
  readonly #first: Int32Array = new Int32Array(257);
  /** For each position: four words, then four masks. */
  readonly #bits: Int32Array;
  /** For each position: the next one outside the block. */
  readonly #next: Int32Array;
  readonly #values: Int32Array;

  /** `otherwise` is the value for addresses in no block. */
  constructor(blocks: readonly ValuedBlock[], otherwise: number) {
    const distinct = new Map(blocks.map((block) => [`${block.words}/${block.length}`, block]));
    const preorder = [...distinct.values()].sort(byPreorder);
    const positions: ValuedBlock[] = [];
    const next: number[] = [];
    for (let octet = 0; octet < 256; octet++) {
      const overlapping = preorder.filter((block) => overlaps(block, octet));
      const covering = overlapping.filter((block) => block.length <= 8);
      const inside = overlapping.filter((block) => block.length > 8);
      this.#whole[octet] = covering.at(-1)?.value ?? otherwise;
      this.#first[octet] = positions.length;
      inside.forEach((block, i) => {
        const after = inside.findIndex((other, j) => j > i && !contains(block, other));
        next.push(this.#first[octet] + (after < 0 ? inside.length : after));
      });
      positions.push(...inside);
    }
    this.#first[256] = positions.length;
    this.#next = Int32Array.from(next);
    this.#values = Int32Array.from(positions, (block) => block.value);
    this.#bits = Int32Array.from(
      positions.flatMap(({ words, length }) => [...words, ...[0, 1, 2, 3].map((i) => maskWord(length - 32 * i))]),
    );
  }

  /** The value of the longest block that contains the IPv4 address. */
  findIPv4(word: number): number {
    const octet = word >>> 24;
    let value = this.#whole[octet];
    let at = this.#first[octet];
    let end = this.#first[octet + 1];
    while (at < end) {
      if (((word ^ this.#bits[at * 8]) & this.#bits[at * 8 + 4]) === 0) {
        value = this.#values[at];
        end = this.#next[at];
        at++;
      } else {
        at = this.#next[at];
      }
    }
    return value;
  }

  /** The value of the longest block that contains the IPv6 address. */
  findIPv6(w0: number, w1: number, w2: number, w3: number): number {
    const bits = this.#bits;
    const octet = w0 >>> 24;
    let value = this.#whole[octet];
    let at = this.#first[octet];
    let end = this.#first[octet + 1];
    while (at < end) {
      const b = at * 8;
      if (
        ((w0 ^ bits[b]) & bits[b + 4]) === 0 &&
        ((w1 ^ bits[b + 1]) & bits[b + 5]) === 0 &&
        ((w2 ^ bits[b + 2]) & bits[b + 6]) === 0 &&
        ((w3 ^ bits[b + 3]) & bits[b + 7]) === 0
      ) {
        value = this.#values[at];
        end = this.#next[at];
        at++;
      } else {
        at = this.#next[at];
      }
    }
    return value;
  }
}

function byPreorder(a: ValuedBlock, b: ValuedBlock): number {
  for (let i = 0; i < 4; i++) {
    if (a.words[i] !== b.words[i]) return (a.words[i] >>> 0) - (b.words[i] >>> 0);
  }
  return a.length - b.length;
}

function contains(outer: ValuedBlock, inner: ValuedBlock): boolean {
  return (
    outer.length <= inner.length &&
    outer.words.every((word, i) => ((word ^ inner.words[i]) & maskWord(outer.length - 32 * i)) === 0)
  );
}

function overlaps(block: ValuedBlock, octet: number): boolean {
  return ((block.words[0] ^ (octet << 24)) & maskWord(Math.min(block.length, 8))) === 0;
}
