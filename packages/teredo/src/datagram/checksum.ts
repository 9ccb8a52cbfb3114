/** The ICMPv6 checksum (RFC 4443 §2.3): the Internet checksum of RFC 1071 over the pseudo-header and the message. */
import { get16 } from "@nat64/rfc6052/bytes";
import { ICMPV6, IPV6_HEADER, IPV6_SOURCE } from "./ipv6.ts";

/**
 * Sum over pseudo-header and message of the packet whose IPv6 header is at `at`; `length` bytes follow the header.
 * With the correct checksum in place, the sum is 0xffff. With zero in its place, the complement of the sum is the
 * checksum.
 */
export function sumOfIcmpv6(bytes: Uint8Array, at: number, length: number): number {
  let sum = (length >>> 16) + (length & 0xffff) + ICMPV6;
  const end = at + IPV6_HEADER + length;
  // Both addresses and the message are contiguous.
  let i = at + IPV6_SOURCE;
  for (; i + 1 < end; i += 2) sum += get16(bytes, i);
  if (i < end) sum += bytes[i] << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}
