/** The IPv4 part of `classify`. */

import { get16, get32 } from "@nat64/rfc6052/bytes";
import type { Reason } from "../drop-reasons.ts";
import { sumOf } from "./checksum.ts";
import {
  BAD_CHECKSUM,
  BAD_LENGTH,
  BAD_OPTION,
  FRAGMENT_MALFORMED,
  OK,
  SOURCE_ROUTE,
  TRUNCATED,
  UNSUPPORTED,
} from "./classify-reasons.ts";
import { classifyTransport } from "./classify-transport.ts";
import { IPV4_HEADER, IPv4, IPv4Flag, IPv4Option } from "./ipv4.ts";
import { isExtensionHeader } from "./ipv6.ts";
import { type IpHeader, type Packet, Protocol } from "./packet.ts";

/** Fills `header` from the IPv4 packet at `offset`. `inside`: whether it is inside an ICMP error. `classifyIPv6` takes the same. */
export function classifyIPv4(
  bytes: Uint8Array,
  offset: number,
  available: number,
  header: IpHeader,
  packet: Packet,
  inside: boolean,
): Reason {
  if (available < IPV4_HEADER) return TRUNCATED;
  const headerLength = (bytes[offset] & 0x0f) << 2;
  const length = get16(bytes, offset + IPv4.totalLength);
  if (headerLength < IPV4_HEADER) return BAD_LENGTH;
  if (headerLength > available) return TRUNCATED;
  if (length < headerLength || (length > available && !inside)) return BAD_LENGTH;
  // The checksum inside an error may be wrong: routers change the header before they quote it.
  if (!inside && sumOf(bytes, offset, offset + headerLength) !== 0xffff) return BAD_CHECKSUM;

  const flagsAndOffset = get16(bytes, offset + IPv4.flagsAndOffset);
  const fragmentOffset = (flagsAndOffset & IPv4Flag.offsetMask) << 3;
  const isFragment = (flagsAndOffset & (IPv4Flag.offsetMask | IPv4Flag.moreFragments)) === 0 ? 0 : 1;
  const protocol = bytes[offset + IPv4.protocol];
  header.family = 4;
  header.offset = offset;
  header.available = Math.min(length, available);
  header.length = length;
  header.transport = offset + headerLength;
  header.protocol = protocol;
  header.trafficClass = bytes[offset + IPv4.typeOfService];
  header.hopLimit = bytes[offset + IPv4.timeToLive];
  header.dontFragment = (flagsAndOffset & IPv4Flag.dontFragment) === 0 ? 0 : 1;
  header.isFragment = isFragment;
  header.fragmentHeader = 0;
  header.fragmentOffset = fragmentOffset;
  header.moreFragments = (flagsAndOffset & IPv4Flag.moreFragments) === 0 ? 0 : 1;
  header.identification = get16(bytes, offset + IPv4.identification);
  header.tuple.source[0] = get32(bytes, offset + IPv4.source);
  header.tuple.destination[0] = get32(bytes, offset + IPv4.destination);

  const options = headerLength === IPV4_HEADER ? OK : walkOptions(bytes, offset, headerLength, packet);
  if (options !== OK && options !== SOURCE_ROUTE) return options;
  const payload = length - headerLength;
  if (isFragment === 1 && (payload === 0 || fragmentOffset + payload > 0xffff)) return FRAGMENT_MALFORMED;
  // As an IPv6 Next Header these would start a chain of headers, or be untranslated ICMPv6.
  if (protocol === Protocol.icmpv6 || isExtensionHeader(protocol)) return UNSUPPORTED;
  const transport = classifyTransport(bytes, header, inside);
  return transport === OK ? options : transport;
}

/** Ignores options, except a source route with addresses left (RFC 7915 §4.1). */
function walkOptions(bytes: Uint8Array, offset: number, headerLength: number, packet: Packet): Reason {
  const end = offset + headerLength;
  let at = offset + IPv4.options;
  while (at < end) {
    const type = bytes[at];
    if (type === IPv4Option.endOfList) return OK;
    if (type === IPv4Option.noOperation) {
      at += 1;
      continue;
    }
    const length = at + 1 < end ? bytes[at + 1] : 0;
    packet.faultPointer = at - offset;
    if (length < 2 || at + length > end) return BAD_OPTION;
    if (type === IPv4Option.looseSourceRoute || type === IPv4Option.strictSourceRoute) {
      if (length < 3) return BAD_OPTION;
      // No addresses are left when the pointer is beyond the option (RFC 791 §3.1).
      if (bytes[at + 2] <= length) return SOURCE_ROUTE;
    }
    packet.faultPointer = 0;
    at += length;
  }
  return OK;
}
