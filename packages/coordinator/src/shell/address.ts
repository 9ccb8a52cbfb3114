/** Addresses in the notation of sockets. */
import { formatIPv6, parseIPv6 } from "@nat64/rfc6052";

/** Canonical text without zone. An IPv4-mapped IPv6 address becomes the IPv4 address. */
export function canonicalAddress(text: string): string {
  if (!text.includes(":")) return text;
  const address = text.replace(/%.*/, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? formatIPv6(parseIPv6(address));
}
