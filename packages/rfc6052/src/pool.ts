/**
 * A /80 as a pool of 65,536 prefixes of /96: `P:s:D` is 80 bits of prefix, a 16-bit selector and the IPv4 address.
 *
 * RFC 6052 does not allow /80, but each `P:s::/96` in it is valid. Bits 64–71 are in `P` and must be zero (RFC 6052
 * §2.2). The methods on words and bytes have the same contract as those in `prefix.ts`: no allocation, no bounds
 * checks.
 */
import { AddressError, quote, uOctetError } from "./errors.ts";
import { U_OCTET_MASK } from "./layout.ts";
import { compilePrefix, type Prefix, type PrefixPolicy } from "./prefix.ts";
import { formatIPv4, formatIPv6, parseCidr, parseIPv4, parseIPv6 } from "./text.ts";
import { writeWord } from "./words.ts";

/** Reserved selectors, and the range of selectors that are pinned to one exit. */
export const SELECTOR = { automatic: 0, firstPinned: 0x0001, lastPinned: 0xfeff, self: 0xffff } as const;

/**
 * What a selector means. `automatic`: the peer picks the exit. `pinned`: traffic uses one exit. `self`: the IPv6 peer
 * itself, without an exit. `reserved`: for future use.
 */
export type SelectorUse = "automatic" | "pinned" | "self" | "reserved";

/** The use of a selector of 0 … 65535. */
export function selectorUse(selector: number): SelectorUse {
  if (selector === SELECTOR.automatic) return "automatic";
  if (selector === SELECTOR.self) return "self";
  return selector <= SELECTOR.lastPinned ? "pinned" : "reserved";
}

/** A parsed address of a pool. */
export interface PoolAddress {
  readonly selector: number;
  readonly use: SelectorUse;
  /** The last 32 bits in dotted decimal. With `self`, they are a number that the peer assigns, not an IPv4 address. */
  readonly ipv4: string;
}

/** A compiled /80. Made by {@link compilePool}. */
export class Pool {
  /** Canonical text, with length. */
  readonly text: string;
  /** The first three words. The lower half of the third is zero; the selector goes there. */
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;

  /** Use {@link compilePool}, which checks the arguments. The constructor does not. */
  constructor(w0: number, w1: number, w2: number) {
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.text = `${formatIPv6([w0, w1, w2, 0])}/80`;
  }

  /** Whether an address given as words is in the /80. */
  matches(w0: number, w1: number, w2: number): boolean {
    return w0 === this.w0 && w1 === this.w1 && (w2 & ~0xffff) === this.w2;
  }

  /** The selector of an address in the /80. */
  selector(w2: number): number {
    return w2 & 0xffff;
  }

  /** Writes the sixteen bytes of `P:selector:ipv4`. */
  embedBytes(selector: number, ipv4: number, out: Uint8Array, offset: number): void {
    writeWord(out, offset, this.w0);
    writeWord(out, offset + 4, this.w1);
    writeWord(out, offset + 8, this.w2 | selector);
    writeWord(out, offset + 12, ipv4);
  }

  /** The /96 of one selector. Throws `invalid-selector`. */
  prefix(selector: number, policy: PrefixPolicy = {}): Prefix {
    return compilePrefix(`${formatIPv6([this.w0, this.w1, this.w2 | checkSelector(selector), 0])}/96`, policy);
  }

  /** `P:selector:ipv4` in canonical text. Throws `invalid-selector` or `invalid-ipv4`. */
  embed(selector: number, ipv4: string): string {
    return formatIPv6([this.w0, this.w1, this.w2 | checkSelector(selector), parseIPv4(ipv4)]);
  }

  /** The parts of an address in text. Throws `invalid-ipv6` or `not-in-prefix`. */
  parse(ipv6: string): PoolAddress {
    const [w0, w1, w2, w3] = parseIPv6(ipv6);
    if (!this.matches(w0, w1, w2)) {
      throw new AddressError("not-in-prefix", `${quote(ipv6)} is not in ${this.text}.`);
    }
    const selector = this.selector(w2);
    return { selector, use: selectorUse(selector), ipv4: formatIPv4(w3) };
  }
}

/**
 * Compiles a /80 such as `"2001:db8:64::/80"`. Does not check that the prefix is globally routable: see
 * `isGlobalUnicastIPv6`.
 *
 * Throws an {@link AddressError}: `invalid-prefix`, `invalid-ipv6`, `host-bits`, `prefix-length` or `u-octet`.
 */
export function compilePool(text: string): Pool {
  const { family, words, length } = parseCidr(text);
  if (family === 4) throw new AddressError("invalid-ipv6", `${quote(text)} is an IPv4 prefix; expected an IPv6 /80.`);
  if (length !== 80) throw new AddressError("prefix-length", `${quote(text)} is a /${length}; expected a /80.`);
  if ((words[2] & U_OCTET_MASK) !== 0) {
    throw uOctetError(text);
  }
  return new Pool(words[0], words[1], words[2]);
}

function checkSelector(selector: number): number {
  if (!Number.isInteger(selector) || selector < 0 || selector > 0xffff) {
    throw new AddressError("invalid-selector", `${selector} is not a selector: expected an integer from 0 to 65535.`);
  }
  return selector;
}
