/** Addresses in messages are canonical text, so that equal text means equal addresses. Nothing here throws. */
import { compilePool, formatIPv4, formatIPv6, parseCidr, parseIPv4, parseIPv6 } from "@nat64/rfc6052";

/** Longest IPv6 address in canonical text, in characters. */
export const MAX_IPV6_LENGTH = 39;

/** Whether a text is an IPv4 address in dotted decimal without leading zeros. */
export function isCanonicalIPv4(text: string): boolean {
  return text.length <= 15 && isSame(text, () => formatIPv4(parseIPv4(text)));
}

/**
 * Whether a text is an IPv6 address as RFC 5952 §4 writes it. IPv4-mapped addresses (RFC 4291 §2.5.5.2) are refused:
 * they are for use inside a host, and would be a second name for an IPv4 address.
 */
export function isCanonicalIPv6(text: string): boolean {
  if (text.length > MAX_IPV6_LENGTH || text.startsWith("::ffff:")) return false;
  return isSame(text, () => formatIPv6(parseIPv6(text)));
}

/** Whether a text is a canonical /80 with bits 64–71 zero (RFC 6052 §2.2). */
export function isCanonicalPool(text: string): boolean {
  return text.length <= MAX_IPV6_LENGTH + 3 && isSame(text, () => compilePool(text).text);
}

/** Whether a text is an IPv4 network as `address/length` without host bits. */
export function isCanonicalIPv4Network(text: string): boolean {
  return (
    text.length <= 18 &&
    isSame(text, () => {
      const { family, words, length } = parseCidr(text);
      return family === 4 ? `${formatIPv4(words[0])}/${length}` : "";
    })
  );
}

function isSame(text: string, canonical: () => string): boolean {
  try {
    return canonical() === text;
  } catch {
    return false;
  }
}
