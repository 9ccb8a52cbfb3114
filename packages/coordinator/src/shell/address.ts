/** Addresses as sockets write them. */
import { formatIPv6, parseIPv6 } from "@nat64/rfc6052";

/** Canonical text without zone; IPv4 where a socket for both families writes an IPv4-mapped address. */
export function canonicalAddress(text: string): string {
  if (!text.includes(":")) return text;
  const address = text.replace(/%.*/, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? formatIPv6(parseIPv6(address));
}
