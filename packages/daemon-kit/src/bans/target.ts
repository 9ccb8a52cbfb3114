/** The targets of bans: what a program can ban, and what it must not ban by mistake. */
import {
  AddressError,
  type Cidr,
  cidrContains,
  cidrsOverlap,
  formatIPv4,
  formatIPv6,
  parseBlock,
} from "@nat64/rfc6052";

/** A target that was understood. */
export interface BanTarget {
  readonly kind: string;
  /** Canonical text. */
  readonly target: string;
  /** What a ban of it covers, in a clause. */
  readonly covers: string;
  /** The addresses, of targets that are addresses. */
  readonly block?: Cidr;
}

/** An address that a ban must not cover by mistake. */
export interface OwnAddress {
  readonly address: string;
  /** What it is, such as "this host's own address". */
  readonly what: string;
}

/** All global unicast addresses of IPv6 that IANA has given out. */
const ALL_OF_IPV6: Cidr = { family: 6, words: [0x20000000, 0, 0, 0], length: 3 };

/** Reads an address or block; `undefined` for text that does not look like one. Throws an `AddressError`. */
export function readBlock(text: string): Cidr | undefined {
  return /[.:/]/.test(text) ? parseBlock(text) : undefined;
}

/** A block as canonical text; a single address without its length. */
export function formatBlock({ family, words, length }: Cidr): string {
  const address = family === 6 ? formatIPv6(words) : formatIPv4(words[0]);
  return length === (family === 6 ? 128 : 32) ? address : `${address}/${length}`;
}

/** How many addresses a block has, for people. */
export function sizeOf({ family, length }: Cidr): string {
  const bits = (family === 6 ? 128 : 32) - length;
  if (bits === 0) return "one address";
  if (bits <= 32) return `${(2 ** bits).toLocaleString("en")} addresses`;
  if (length <= 64) return length === 64 ? "one /64" : `${(2 ** (64 - length)).toLocaleString("en")} networks of /64`;
  return `2^${bits} addresses`;
}

/** Why a block should not be banned without `--force`, in a sentence without full stop; `undefined` if nothing speaks against it. */
export function refuseTooMuch(block: Cidr, own: readonly OwnAddress[]): string | undefined {
  const isAll = block.family === 6 ? cidrContains(block, ALL_OF_IPV6) : block.length === 0;
  if (isAll) return `${formatBlock(block)} covers every IPv${block.family} address`;
  const found = own.find(({ address }) => covers(block, address));
  return found === undefined ? undefined : `${formatBlock(block)} covers ${found.address}, ${found.what}`;
}

function covers(block: Cidr, address: string): boolean {
  try {
    return cidrContains(block, parseBlock(address));
  } catch (error) {
    // An address with a zone, for example, which no ban covers.
    if (error instanceof AddressError) return false;
    throw error;
  }
}

/** The texts of other targets that share an address with a block. */
export function overlapping(block: Cidr, others: readonly string[]): readonly string[] {
  return others.filter((text) => /[.:]/.test(text) && cidrsOverlap(block, parseBlock(text)));
}
