/** What an IPv6 address would embed (RFC 6052) if its prefix were a NAT64 prefix. Nothing is known but the address. */
import {
  AddressError,
  cidrContains,
  classify,
  extract,
  formatIPv6,
  isGlobalUnicastIPv4,
  LABORATORY_BLOCKS,
  PREFIX_LENGTHS,
  parseBlock,
  parseIPv4,
  parseIPv6,
} from "@nat64/rfc6052";

/** One possible reading. */
export interface Guess {
  /** Of RFC 6052 length. */
  readonly prefix: string;
  readonly ipv4: string;
}

/** Blocks of unicast addresses that no NAT64 prefix can be in. */
const NEVER_A_PREFIX: readonly string[] = ["::/128", "::1/128", "::ffff:0:0/96", "fe80::/10"];

/**
 * The readings that make sense: the u octet and the suffix are zero, and the IPv4 address is one that hosts have: global
 * unicast, private, shared, or for documentation and benchmarks.
 */
export function guessPrefixes(ipv6: string): readonly Guess[] {
  return PREFIX_LENGTHS.flatMap((length) => {
    const guess = readAs(ipv6, length);
    return guess !== undefined && isPlausible(guess.ipv4) ? [guess] : [];
  });
}

/** The reading under a /96: the last 32 bits, whatever they are. `undefined` if no /96 can contain the address. */
export function readAs96(ipv6: string): Guess | undefined {
  return readAs(ipv6, 96);
}

function readAs(ipv6: string, length: number): Guess | undefined {
  if (classify(ipv6).kind === "multicast") return undefined;
  if (NEVER_A_PREFIX.some((each) => cidrContains(parseBlock(each), parseBlock(ipv6)))) return undefined;
  const masked = parseIPv6(ipv6).map((word, index) => {
    const bits = Math.max(0, Math.min(32, length - 32 * index));
    return bits === 0 ? 0 : word & (bits === 32 ? -1 : ~(-1 >>> bits));
  }) as unknown as Parameters<typeof formatIPv6>[0];
  const prefix = `${formatIPv6(masked)}/${length}`;
  try {
    return { prefix, ipv4: extract(prefix, ipv6, { suffix: "refuse", nonGlobal: "ignore" }) };
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

function isPlausible(ipv4: string): boolean {
  // An address that ends in .0 is more likely the rest of a longer prefix, followed by zeros.
  if (ipv4.endsWith(".0")) return false;
  if (isGlobalUnicastIPv4(parseIPv4(ipv4))) return true;
  const block = parseBlock(ipv4);
  return LABORATORY_BLOCKS.some((each) => cidrContains(parseBlock(each), block));
}
