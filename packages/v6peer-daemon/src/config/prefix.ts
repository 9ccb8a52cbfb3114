/** The /80 of the IPv6 peer: which ones may be used, and the addresses that follow from it. */
import { type Cidr, classifyIPv6, compilePool, formatIPv6, isPrefixLength, parseCidr, SELECTOR } from "@nat64/rfc6052";

/** Bits 64–71, the u octet, in the third word (RFC 6052 §2.2). */
const U_OCTET = 0xff << 24;

/** What is wrong with `text` as the /80 of an IPv6 peer, or nothing. Throws an `AddressError` for text that is no prefix. */
export function refusePeerPrefix(text: string, isLab: boolean): string | undefined {
  const cidr = parseCidr(text);
  if (cidr.family === 4) return `${text} is an IPv4 prefix; a routed IPv6 prefix of length 80 is needed`;
  if (cidr.length !== 80) {
    const hint = cidr.length < 80 ? `, such as ${formatIPv6(cidr.words)}/80` : "";
    return `expected a prefix of length 80${hint}`;
  }
  if ((cidr.words[2] & U_OCTET) !== 0) {
    return `${text} sets bits 64–71, which RFC 6052 §2.2 wants to be zero: the fifth group has to be 00xx`;
  }
  return refuseUnreachable(text, cidr, isLab);
}

/** What is wrong with `text` as a further NAT64 prefix, or nothing. Throws an `AddressError` for text that is no prefix. */
export function refuseExtraPrefix(text: string, isLab: boolean): string | undefined {
  const cidr = parseCidr(text);
  if (cidr.family === 4) return `${text} is an IPv4 prefix; an IPv6 prefix is needed`;
  if (!isPrefixLength(cidr.length)) {
    return "expected a prefix of length 32, 40, 48, 56, 64 or 96 (RFC 6052 §2.2)";
  }
  if ((cidr.words[2] & U_OCTET) !== 0) return `${text} sets bits 64–71, which RFC 6052 §2.2 wants to be zero`;
  const { block } = classifyIPv6(...cidr.words);
  // Made for translation inside one network: fine as a further prefix, never as the public one.
  if (block === "64:ff9b::/96" || block === "64:ff9b:1::/48" || block === "fc00::/7") return undefined;
  return refuseUnreachable(text, cidr, isLab);
}

function refuseUnreachable(text: string, cidr: Cidr, isLab: boolean): string | undefined {
  const found = classifyIPv6(...cidr.words);
  if (found.isGlobalUnicast) return undefined;
  const what = found.entry === undefined ? found.kind.replace("-", " ") : `${found.entry.name}, ${found.entry.rfc}`;
  if (found.entry?.name === "Documentation") {
    if (isLab) return undefined;
    return `${text} is a documentation prefix (${found.block}, ${found.entry.rfc}), which no network routes; only "lab = true" allows it`;
  }
  return `${text} is not globally routable (${found.block}: ${what}), so nobody could reach it; use a prefix that your provider routes to you`;
}

/** Addresses within a /80 (`P:s:D`: 80 bits prefix, 16 bits selector, 32 bits IPv4 address). */
export interface PeerAddresses {
  /** The NAT64 prefix that people put into their DNS64: selector 0, a /96. */
  readonly nat64Prefix: string;
  /** `P:ffff::1`, the IPv6 peer itself. */
  readonly own: string;
}

/** The addresses of a /80 that {@link refusePeerPrefix} accepted. */
export function peerAddresses(prefix: string): PeerAddresses {
  const pool = compilePool(prefix);
  return { nat64Prefix: pool.prefix(SELECTOR.automatic).text, own: pool.embed(SELECTOR.self, "0.0.0.1") };
}
