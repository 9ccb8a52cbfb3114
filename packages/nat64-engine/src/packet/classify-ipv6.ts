/** The IPv6 part of `classify`. */

import { get16, get32 } from "@nat64/rfc6052/bytes";
import type { Reason } from "../drop-reasons.ts";
import {
  BAD_EXTENSION,
  BAD_LENGTH,
  FRAGMENT_MALFORMED,
  OK,
  SOURCE_ROUTE,
  TOO_MANY,
  TRUNCATED,
  UNSUPPORTED,
  ZERO_CHECKSUM,
} from "./classify-reasons.ts";
import { classifyTransport } from "./classify-transport.ts";
import { FRAGMENT_HEADER, Fragment, FragmentFlag } from "./fragment-header.ts";
import { ExtensionHeader, extensionHeaderLength, IPV6_HEADER, IPv6, isExtensionHeader, SEGMENTS_LEFT } from "./ipv6.ts";
import { getAddress6 } from "./ipv6-address.ts";
import { type IpHeader, type Packet, Protocol } from "./packet.ts";
import { Udp } from "./udp.ts";

/**
 * Maximum number of extension headers: RFC 8200 §4.1 allows one of each, and Destination Options twice. Their sizes are not
 * limited: one may have 2,048 bytes (RFC 8200 §4.6), and the walk does not depend on it.
 */
export const MAX_EXTENSION_HEADERS = 8;

/** Fills `header` from the IPv6 packet at `offset`. `inside`: whether it is inside an ICMP error. */
export function classifyIPv6(
  bytes: Uint8Array,
  offset: number,
  available: number,
  header: IpHeader,
  packet: Packet,
  inside: boolean,
): Reason {
  if (available < IPV6_HEADER) return TRUNCATED;
  const length = IPV6_HEADER + get16(bytes, offset + IPv6.payloadLength);
  if (length > available && !inside) return BAD_LENGTH;
  const there = Math.min(length, available);
  header.family = 6;
  header.offset = offset;
  header.available = there;
  header.length = length;
  header.transport = offset + IPV6_HEADER;
  header.protocol = bytes[offset + IPv6.nextHeader];
  header.trafficClass = ((bytes[offset] << 4) | (bytes[offset + 1] >>> 4)) & 0xff;
  header.hopLimit = bytes[offset + IPv6.hopLimit];
  header.dontFragment = 1;
  header.isFragment = 0;
  header.fragmentHeader = 0;
  header.fragmentOffset = 0;
  header.moreFragments = 0;
  header.identification = 0;
  getAddress6(bytes, offset + IPv6.source, header.tuple.source);
  getAddress6(bytes, offset + IPv6.destination, header.tuple.destination);

  const chain = isExtensionHeader(header.protocol) ? walkExtensionHeaders(bytes, offset + there, header, packet) : OK;
  if (chain !== OK && chain !== SOURCE_ROUTE) return chain;
  if (header.isFragment === 1) {
    const payload = offset + length - header.transport;
    if (payload <= 0 || header.fragmentOffset + payload > 0xffff) return FRAGMENT_MALFORMED;
  }
  // In IPv4 it would be untranslated ICMP.
  if (header.protocol === Protocol.icmp) return UNSUPPORTED;
  const transport = classifyTransport(bytes, header, inside);
  if (transport !== OK) return transport;
  return !inside && lacksUdpChecksum(bytes, header, packet) ? ZERO_CHECKSUM : chain;
}

/** UDP without a checksum is invalid over IPv6 (RFC 8200 §8.1): translated, it would seem to be a valid packet. */
function lacksUdpChecksum(bytes: Uint8Array, header: IpHeader, packet: Packet): boolean {
  if (header.protocol !== Protocol.udp || header.fragmentOffset !== 0 || packet.partialChecksum) return false;
  return get16(bytes, header.transport + Udp.checksum) === 0;
}

/** Finds the upper-layer header, which follows the IPv4 header directly after translation (RFC 7915 §5.1). */
function walkExtensionHeaders(bytes: Uint8Array, end: number, header: IpHeader, packet: Packet): Reason {
  const first = header.transport;
  let reason = OK;
  let type = header.protocol;
  let at = first;
  for (let count = 0; isExtensionHeader(type); count++) {
    if (count === MAX_EXTENSION_HEADERS) return TOO_MANY;
    if (at + FRAGMENT_HEADER > end) return TRUNCATED;
    const length = extensionHeaderLength(bytes, at, type);
    if (at + length > end) return TRUNCATED;
    // RFC 7915 §5.1.1: no extension header may follow a Fragment header, the Authentication Header included.
    const misplaced = header.fragmentHeader !== 0 || (type === ExtensionHeader.hopByHop && at !== first);
    if (misplaced) return fault(packet, header, at, BAD_EXTENSION);
    if (type === ExtensionHeader.routing && bytes[at + SEGMENTS_LEFT] !== 0 && reason === OK) {
      reason = fault(packet, header, at + SEGMENTS_LEFT, SOURCE_ROUTE);
    } else if (type === ExtensionHeader.fragment) {
      readFragmentHeader(bytes, at, header);
    }
    type = bytes[at];
    at += length;
  }
  if (header.fragmentHeader !== 0 && type === ExtensionHeader.authentication) {
    return fault(packet, header, at, BAD_EXTENSION);
  }
  header.protocol = type;
  header.transport = at;
  return reason;
}

function readFragmentHeader(bytes: Uint8Array, at: number, header: IpHeader): void {
  const offsetAndMore = get16(bytes, at + Fragment.offsetAndMore);
  header.fragmentHeader = at;
  header.fragmentOffset = offsetAndMore & FragmentFlag.offsetMask;
  header.moreFragments = offsetAndMore & FragmentFlag.moreFragments;
  // An atomic fragment is a whole packet (RFC 6946 §4).
  header.isFragment = (offsetAndMore & ~FragmentFlag.reservedMask) === 0 ? 0 : 1;
  header.identification = get32(bytes, at + Fragment.identification);
  header.dontFragment = 0;
}

function fault(packet: Packet, header: IpHeader, at: number, reason: Reason): Reason {
  packet.faultPointer = at - header.offset;
  return reason;
}
