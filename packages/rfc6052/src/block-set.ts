/** A set of addresses, made of blocks of both families. Look-ups are for the packet path: no allocation, no exception. */
import { BlockTree } from "./block-tree.ts";
import type { Cidr } from "./text.ts";

/** A compiled set. Made by {@link compileBlockSet}. */
export interface BlockSet {
  /** Whether a block contains the IPv4 address, a word. */
  hasIPv4(word: number): boolean;
  /** Whether a block contains the IPv6 address. */
  hasIPv6(w0: number, w1: number, w2: number, w3: number): boolean;
}

const INSIDE = 1;
const OUTSIDE = 0;

/** Compiles a set of blocks. */
export function compileBlockSet(blocks: readonly Cidr[]): BlockSet {
  const treeOf = (family: 4 | 6): BlockTree =>
    new BlockTree(
      blocks.filter((block) => block.family === family).map((block) => ({ ...block, value: INSIDE })),
      OUTSIDE,
    );
  const ipv4 = treeOf(4);
  const ipv6 = treeOf(6);
  return {
    hasIPv4: (word) => ipv4.findIPv4(word) === INSIDE,
    hasIPv6: (w0, w1, w2, w3) => ipv6.findIPv6(w0, w1, w2, w3) === INSIDE,
  };
}
