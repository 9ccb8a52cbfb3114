/** Classifies addresses according to the IANA registries. */
import { BlockTree, type ValuedBlock } from "./block-tree.ts";
import type { SpecialPurposeBlock } from "./registry/block.ts";
import { IPV4_SPECIAL_PURPOSE } from "./registry/ipv4.ts";
import { IPV6_SPECIAL_PURPOSE } from "./registry/ipv6.ts";
import { familyOf, parseCidr, parseIPv4, parseIPv6 } from "./text.ts";

/** The result of {@link classify}. The objects are shared and frozen, so they can be compared by identity and kept. */
export interface Classification {
  readonly family: 4 | 6;
  /** `unallocated`: IPv6 outside 2000::/3 that no registry entry covers. */
  readonly kind: "global-unicast" | "special-purpose" | "multicast" | "unallocated";
  /** The longest matching block, as `address/length`. */
  readonly block: string;
  /** The registry's entry. Present if and only if `kind` is `special-purpose`. */
  readonly entry?: SpecialPurposeBlock;
  /**
   * Whether packets may be sent to it across the internet: ordinary global unicast, or a special-purpose block that is
   * globally reachable. Three blocks are `false` although the registry lists them, or parts of them, as globally
   * reachable: the IETF protocol assignments 192.0.0.0/24 and 2001::/23 (anycast services of the host's own access
   * network, RFC 7723 and RFC 8155, and identifiers), and 64:ff9b::/96, which reaches as far as the embedded IPv4
   * address does.
   */
  readonly isGlobalUnicast: boolean;
}

interface Family {
  readonly classes: readonly Classification[];
  readonly tree: BlockTree;
}

const IPV4: Family = compileFamily(4, IPV4_SPECIAL_PURPOSE, "192.0.0.0/24", [
  { family: 4, kind: "global-unicast", block: "0.0.0.0/0", isGlobalUnicast: true },
  // RFC 5771: 224.0.0.0/4 is multicast. The special-purpose registry does not list it.
  { family: 4, kind: "multicast", block: "224.0.0.0/4", isGlobalUnicast: false },
]);

const IPV6: Family = compileFamily(6, IPV6_SPECIAL_PURPOSE, "2001::/23", [
  { family: 6, kind: "unallocated", block: "::/0", isGlobalUnicast: false },
  // The only block from which IANA allocates global unicast (RFC 4291 §4, RFC 3587 §3).
  { family: 6, kind: "global-unicast", block: "2000::/3", isGlobalUnicast: true },
  { family: 6, kind: "multicast", block: "ff00::/8", isGlobalUnicast: false },
]);

/** Classifies an IPv4 address given as a word. Allocates nothing. */
export function classifyIPv4(word: number): Classification {
  return IPV4.classes[IPV4.tree.findIPv4(word)];
}

/** Classifies an IPv6 address given as words. Allocates nothing. */
export function classifyIPv6(w0: number, w1: number, w2: number, w3: number): Classification {
  return IPV6.classes[IPV6.tree.findIPv6(w0, w1, w2, w3)];
}

/** Classifies an address of either family in text. Throws `invalid-ipv4` or `invalid-ipv6`. */
export function classify(address: string): Classification {
  return familyOf(address) === 6 ? classifyIPv6(...parseIPv6(address)) : classifyIPv4(parseIPv4(address));
}

/** Every class of both families, with its block. Other tables are compiled from these. */
export const CLASSES: readonly Classification[] = [...IPV4.classes, ...IPV6.classes];

function compileFamily(
  family: 4 | 6,
  registry: readonly SpecialPurposeBlock[],
  protocolAssignments: string,
  others: readonly Classification[],
): Family {
  const inAssignments = new BlockTree([{ ...parseCidr(protocolAssignments), value: 1 }], 0);
  const inGlobalUnicast = family === 6 ? new BlockTree([{ ...parseCidr("2000::/3"), value: 1 }], 0) : undefined;
  const special = registry.map((entry): Classification => {
    const [w0, w1, w2, w3] = parseCidr(entry.block).words;
    const assigned = family === 4 ? inAssignments.findIPv4(w0) : inAssignments.findIPv6(w0, w1, w2, w3);
    const reachable = entry.globallyReachable === true && assigned === 0;
    const isGlobalUnicast = reachable && inGlobalUnicast?.findIPv6(w0, w1, w2, w3) !== 0;
    return { family, kind: "special-purpose", block: entry.block, entry, isGlobalUnicast };
  });
  const classes = [...others, ...special].map((each) => Object.freeze(each));
  const blocks = classes.map((each, value): ValuedBlock => ({ ...parseCidr(each.block), value }));
  return { classes, tree: new BlockTree(blocks, 0) };
}
