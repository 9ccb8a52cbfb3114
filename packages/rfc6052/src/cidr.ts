/** Blocks of addresses that are compared: for configurations and filters, not for the packet path. */
import { type Cidr, familyOf, parseCidr } from "./text.ts";
import { maskWord } from "./words.ts";

/** Parses `address/length` as {@link parseCidr} does, and a lone address as the block that holds it alone. Throws the same. */
export function parseBlock(text: string): Cidr {
  if (text.includes("/")) return parseCidr(text);
  return parseCidr(`${text}/${familyOf(text) === 6 ? 128 : 32}`);
}

/** Whether every address of `inner` is in `outer`; never so for different families. */
export function cidrContains(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  return outer.words.every((word, i) => ((word ^ inner.words[i]) & maskWord(outer.length - 32 * i)) === 0);
}

/** Whether some address is in both: blocks never overlap but by one containing the other. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrContains(a, b) || cidrContains(b, a);
}
