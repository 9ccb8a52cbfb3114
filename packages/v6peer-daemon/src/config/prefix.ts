/** The /80 of the IPv6 peer: which prefixes are allowed, and the addresses in it. */
import {
  classifyIPv6,
  compilePool,
  compilePrefix,
  compileRefusals,
  formatIPv6,
  LABORATORY_BLOCKS,
  parseCidr,
  parseIPv4,
  SELECTOR,
} from "@nat64/rfc6052";

/** Where a compiled prefix starts. */
interface Start {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
}

/** Why `text` cannot be the /80 of an IPv6 peer; `undefined` if it can. Throws an `AddressError` if it is not a prefix. */
export function refusePeerPrefix(text: string, isLab: boolean): string | undefined {
  const { family, words, length } = parseCidr(text);
  // For a whole /64 or /48, suggest a part of it.
  if (family === 6 && length < 80) return `expected a prefix of length 80, such as ${formatIPv6(words)}/80`;
  const pool = compilePool(text);
  return refuseReachableLab(text, pool, isLab) ?? refuseUnreachable(text, pool, isLab);
}

/** Why `text` cannot be a further NAT64 prefix; `undefined` if it can. Throws an `AddressError` if it is not a prefix. */
export function refuseExtraPrefix(text: string, isLab: boolean): string | undefined {
  const prefix = compilePrefix(text);
  const { block } = classifyIPv6(prefix.w0, prefix.w1, prefix.w2, 0);
  // Reserved for translation within one network: allowed as a further prefix, but not as the public one.
  if (block === "64:ff9b::/96" || block === "64:ff9b:1::/48" || block === "fc00::/7") return undefined;
  return refuseReachableLab(text, prefix, isLab) ?? refuseUnreachable(text, prefix, isLab);
}

/** With a real prefix, the configuration of a lab would open the private networks behind this host to the world. */
function refuseReachableLab(text: string, { w0, w1, w2 }: Start, isLab: boolean): string | undefined {
  if (!isLab || !classifyIPv6(w0, w1, w2, 0).isGlobalUnicast) return undefined;
  return `${text} is globally routable, and "lab = true" would let anyone reach private addresses through it; delete that line`;
}

function refuseUnreachable(text: string, { w0, w1, w2 }: Start, isLab: boolean): string | undefined {
  const found = classifyIPv6(w0, w1, w2, 0);
  if (found.isGlobalUnicast) return undefined;
  const what = found.entry === undefined ? found.kind.replace("-", " ") : `${found.entry.name}, ${found.entry.rfc}`;
  if (found.entry?.name === "Documentation") {
    if (isLab) return undefined;
    return `${text} is a documentation prefix (${found.block}, ${found.entry.rfc}), which no network routes; only "lab = true" allows it`;
  }
  return `${text} is not globally routable (${found.block}: ${what}), so nobody could reach it; use a prefix that your provider routes to you`;
}

/** Why `text` cannot be the built-in relay's address; `undefined` if it can. Throws an `AddressError` if it is not an address. */
export function refuseRelayAddress(text: string, isLab: boolean): string | undefined {
  const refusals = compileRefusals({ allow: isLab ? LABORATORY_BLOCKS : [] });
  if (!refusals.refusesIPv4(parseIPv4(text))) return undefined;
  return `${text} is not global unicast, so IPv4 peers could not reach the relay`;
}

/** Addresses within a /80 (`P:s:D`: 80 bits prefix, 16 bits selector, 32 bits IPv4 address). */
export interface PeerAddresses {
  /** The NAT64 prefix for a DNS64: selector 0, a /96. */
  readonly nat64Prefix: string;
  /** `P:ffff::1`, the IPv6 peer itself. */
  readonly own: string;
}

/** The addresses of a /80 that {@link refusePeerPrefix} accepted. */
export function peerAddresses(prefix: string): PeerAddresses {
  const pool = compilePool(prefix);
  return { nat64Prefix: pool.prefix(SELECTOR.automatic).text, own: pool.embed(SELECTOR.self, "0.0.0.1") };
}
