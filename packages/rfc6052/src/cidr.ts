/** Compares address blocks. For configuration and filters, not for the packet path. */
import { type Cidr, familyOf, parseCidr } from "./text.ts";
import { maskWord } from "./words.ts";

/** Parses `address/length` like {@link parseCidr}, or a single address as a block of one. Throws the same errors. */
export function parseBlock(text: string): Cidr {
  if (text.includes("/")) return parseCidr(text);
  return parseCidr(`${text}/${familyOf(text) === 6 ? 128 : 32}`);
}

/** Whether every address of `inner` is in `outer`. Always false for different families. */
export function cidrContains(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  return outer.words.every((word, i) => ((word ^ inner.words[i]) & maskWord(outer.length - 32 * i)) === 0);
}

/** Whether any address is in both. Blocks overlap only if one contains the other. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrContains(a, b) || cidrContains(b, a);
}
