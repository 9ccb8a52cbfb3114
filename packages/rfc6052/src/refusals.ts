/**
 * The addresses that a NAT64 or a Teredo relay must refuse, compiled from the special-purpose registries. Lookups are
 * for the packet path: int32 words, no allocation, no exception.
 */
import { BlockTree, type ValuedBlock } from "./block-tree.ts";
import { CLASSES, type Classification } from "./classify.ts";
import { parseCidr } from "./text.ts";

/**
 * Exceptions to the registries. The longest match decides. Among equal blocks, `refuse` beats `allow`, and `allow`
 * beats the registry.
 */
export interface RefusalOptions {
  /** Blocks to allow (either family, `address/length`), such as {@link LABORATORY_BLOCKS} in a laboratory. */
  readonly allow?: readonly string[];
  /** Additional blocks to refuse (either family), such as the translator's own prefixes. */
  readonly refuse?: readonly string[];
}

/** A compiled table of refused addresses. Made by {@link compileRefusals}. */
export interface Refusals {
  /**
   * Whether an IPv4 address must be refused as NAT64 destination (RFC 6052 §3.1), Teredo server or Teredo client
   * (CVE-2006-6264, RFC 6324). True for every address that is not global unicast.
   */
  refusesIPv4(word: number): boolean;
  /**
   * Whether an IPv6 address must be refused as the source of a client's packet. True for every address that is not
   * ordinary global unicast: unspecified, loopback, link-local, ULA, multicast, and all special-purpose blocks,
   * including 2001::/32, 2002::/16 and 64:ff9b::/96 (RFC 6324, RFC 6146 §3.5).
   */
  refusesClientSource(w0: number, w1: number, w2: number, w3: number): boolean;
}

/** Documentation blocks (RFC 5737, RFC 3849, RFC 9637), which laboratories use as their internet. */
export const DOCUMENTATION_BLOCKS: readonly string[] = [
  "192.0.2.0/24",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "2001:db8::/32",
  "3fff::/20",
];

/**
 * The blocks that laboratories take addresses from: documentation, private-use, shared, benchmarking and unique-local.
 */
export const LABORATORY_BLOCKS: readonly string[] = [
  ...DOCUMENTATION_BLOCKS,
  "10.0.0.0/8",
  "100.64.0.0/10",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "2001:2::/48",
  "fc00::/7",
];

const REFUSED = 1;
const ALLOWED = 0;

/** Compiles a table. Throws the errors of `parseCidr` for a malformed block. */
export function compileRefusals(options: RefusalOptions = {}): Refusals {
  const ipv4 = compileTree(4, options, (each) => each.isGlobalUnicast);
  const ipv6 = compileTree(6, options, (each) => each.kind === "global-unicast");
  return {
    refusesIPv4: (word) => ipv4.findIPv4(word) === REFUSED,
    refusesClientSource: (w0, w1, w2, w3) => ipv6.findIPv6(w0, w1, w2, w3) === REFUSED,
  };
}

function compileTree(family: 4 | 6, options: RefusalOptions, allows: (each: Classification) => boolean): BlockTree {
  const blocks: ValuedBlock[] = [];
  const add = (block: string, value: number): void => {
    const cidr = parseCidr(block);
    if (cidr.family === family) blocks.push({ ...cidr, value });
  };
  for (const each of CLASSES) if (each.family === family) add(each.block, allows(each) ? ALLOWED : REFUSED);
  for (const block of options.allow ?? []) add(block, ALLOWED);
  for (const block of options.refuse ?? []) add(block, REFUSED);
  return new BlockTree(blocks, REFUSED);
}
