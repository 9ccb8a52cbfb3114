/** The ICMPv6 checksum of a probe (RFC 4443 §2.3, RFC 8200 §8.1). */
import { get16 } from "@nat64/rfc6052/bytes";
import { AT, ICMPV6, IPV6_HEADER_LENGTH, PROBE_LENGTH } from "./layout.ts";

/** The correct checksum of the packet at `offset`, regardless of its checksum field. Allocates nothing. */
export function checksumOf(packet: Uint8Array, offset: number): number {
  let sum = PROBE_LENGTH - IPV6_HEADER_LENGTH + ICMPV6;
  for (let at: number = AT.source; at < PROBE_LENGTH; at += 2) {
    if (at !== AT.checksum) sum += get16(packet, offset + at);
  }
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
