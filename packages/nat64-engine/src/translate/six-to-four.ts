/**
 * IPv6 to IPv4 (RFC 7915 §5), in place: writes the IPv4 header directly before the upper-layer header, so all IPv6 extension
 * headers disappear and the payload does not move.
 *
 * Before: `packet` is classified, `outer.target` (for errors also `inner.target`) is set, and the hop limit is more than 1. After: `packet.outOffset` and `packet.outLength` tell where the IPv4 packet is.
 */

import { get32, set16 } from "@nat64/rfc6052/bytes";
import { Reason } from "../drop-reasons.ts";
import { difference, sumOfAddresses4, sumOfAddresses6 } from "../packet/checksum.ts";
import { ICMP_HEADER } from "../packet/icmp.ts";
import { ICMPV4_ERROR_LIMIT, Icmpv4Field, Icmpv4Type } from "../packet/icmpv4.ts";
import { Icmpv6Field, Icmpv6Type } from "../packet/icmpv6.ts";
import { IPV4_HEADER, IPv4Flag } from "../packet/ipv4.ts";
import { type IpHeader, type Packet, Protocol } from "../packet/packet.ts";
import { segmentHeaderLength, segmentsOf } from "../packet/segments.ts";
import { completeChecksum } from "./complete-checksum.ts";
import {
  errorSum,
  icmpv6PseudoSum,
  originalLength,
  placeOriginal,
  writeErrorChecksum,
  writeIcmpHeader,
} from "./icmp-error.ts";
import { fragmentationNeededMtu, NO_POINTER, pointerToIPv4 } from "./icmp-parameter.ts";
import { icmpv6Errors } from "./icmp-table.ts";
import { fragmentField, writeIPv4Header } from "./ipv4-header.ts";
import { nextIdentification, type TranslateSettings } from "./settings.ts";
import { newIdentifier, rewriteEcho, rewriteTransport } from "./transport.ts";

const OK = Reason.none;
const TOO_BIG = Reason["packet-too-big"];
const NOT_TRANSLATABLE = Reason["icmp-not-translatable"];

/** IPv4 packets of up to this many bytes are sent with DF clear: as IPv6 they fit 1280, so they get no MTU errors (§5.1). */
export const MAX_BYTES_WITHOUT_DF = 1260;

const MAX_TOTAL_LENGTH = 0xffff;

/** Translates the current packet to IPv4. Returns 0, or the reason to drop it. */
export function sixToFour(bytes: Uint8Array, packet: Packet, settings: TranslateSettings): Reason {
  const outer = packet.outer;
  const end = outer.offset + outer.length;
  if (packet.partialChecksum && outer.protocol === Protocol.icmpv6) {
    completeChecksum(bytes, outer.transport, end, Protocol.icmpv6);
    packet.partialChecksum = false;
  }
  if (packet.isIcmpError) return errorToIPv4(bytes, packet, settings);

  const total = IPV4_HEADER + end - outer.transport;
  if (total > MAX_TOTAL_LENGTH) return TOO_BIG;
  const { segmentSize } = packet;
  const size = segmentSize === 0 ? total : IPV4_HEADER + segmentHeaderLength(bytes, outer) + segmentSize;
  if (outer.fragmentOffset === 0)
    upperToIPv4(bytes, outer, outer.transport, end - outer.transport, packet.partialChecksum);
  packet.outOffset = outer.transport - IPV4_HEADER;
  packet.outLength = total;
  headerToIPv4(bytes, packet.outOffset, outer, total, size, outer.hopLimit - 1, settings, segmentsOf(bytes, packet));
  return OK;
}

/** RFC 7915 §5.1 and, with a Fragment header, §5.1.1. `size` decides about DF; `packets` is the number of segments. */
function headerToIPv4(
  bytes: Uint8Array,
  at: number,
  header: IpHeader,
  total: number,
  size: number,
  timeToLive: number,
  settings: TranslateSettings,
  packets: number = 1,
): void {
  let identification = 0;
  let flagsAndOffset: number = IPv4Flag.dontFragment;
  if (header.fragmentHeader !== 0) {
    // RFC 7915 §5.1.1 takes the low 16 bits, which packets of clients that share an IPv4 address may have in common.
    identification = (header.newIdentification === 0 ? header.identification : header.newIdentification) & 0xffff;
    flagsAndOffset = fragmentField(header.fragmentOffset, header.moreFragments);
  } else if (size <= MAX_BYTES_WITHOUT_DF) {
    // With DF set no Identification is needed (RFC 6864 §4.1), and a constant one lets receivers merge segments.
    identification = nextIdentification(settings, header.target.destination[0], packets);
    flagsAndOffset = 0;
  }
  const protocol = header.protocol === Protocol.icmpv6 ? Protocol.icmp : header.protocol;
  const target = header.target;
  writeIPv4Header(
    bytes,
    at,
    settings.trafficClassToIPv4 < 0 ? header.trafficClass : settings.trafficClassToIPv4,
    total,
    identification,
    flagsAndOffset,
    timeToLive,
    protocol,
    target.source[0],
    target.destination[0],
  );
}

/** Translates the upper-layer header at `at`, of which `there` bytes are present (RFC 7915 §5.5). */
function upperToIPv4(bytes: Uint8Array, header: IpHeader, at: number, there: number, partial: boolean): void {
  const tuple = header.tuple;
  const target = header.target;
  const protocol = header.protocol;
  if (protocol === Protocol.icmpv6) {
    // ICMPv4 has no pseudo-header (RFC 7915 §5.2).
    const pseudo = icmpv6PseudoSum(tuple, header.upperLength);
    const type = header.icmpType === Icmpv6Type.echoRequest ? Icmpv4Type.echoRequest : Icmpv4Type.echoReply;
    rewriteEcho(bytes, at, type, newIdentifier(tuple, target), difference(pseudo, 0));
  } else if (protocol === Protocol.tcp || protocol === Protocol.udp) {
    const before = sumOfAddresses6(tuple.source, tuple.destination);
    const after = sumOfAddresses4(target.source, target.destination);
    rewriteTransport(bytes, at, there, protocol, tuple, target, difference(before, after), partial);
  }
}

/** Translates an ICMPv6 error with the packet inside (RFC 7915 §5.2, §5.3). */
function errorToIPv4(bytes: Uint8Array, packet: Packet, settings: TranslateSettings): Reason {
  const outer = packet.outer;
  const inner = packet.inner;
  const icmp = outer.transport;
  const row = icmpv6Errors.find(outer.icmpType, outer.icmpCode);
  if (row === undefined) return NOT_TRANSLATABLE;
  const parameter = get32(bytes, icmp + Icmpv6Field.mtu);
  const pointer = row.parameter === "pointer" ? pointerToIPv4(parameter) : 0;
  if (pointer === NO_POINTER) return NOT_TRANSLATABLE;

  const hasLength = outer.icmpType === Icmpv6Type.destinationUnreachable || outer.icmpType === Icmpv6Type.timeExceeded;
  const original = originalLength(packet, hasLength ? bytes[icmp + Icmpv6Field.length] << 3 : 0);
  const length = outer.offset + outer.length - icmp;
  const wanted = errorSum(bytes, icmp, length, icmpv6PseudoSum(outer.tuple, length));

  const limit = ICMPV4_ERROR_LIMIT - IPV4_HEADER - ICMP_HEADER;
  const declared = placeOriginal(bytes, packet, original, IPV4_HEADER, 4, limit);
  const innerAt = packet.outOffset;
  const innerTotal = Math.min(MAX_TOTAL_LENGTH, IPV4_HEADER + inner.offset + inner.length - inner.transport);
  if (inner.fragmentOffset === 0) {
    upperToIPv4(bytes, inner, innerAt + IPV4_HEADER, packet.outLength - IPV4_HEADER, false);
  }
  headerToIPv4(bytes, innerAt, inner, innerTotal, innerTotal, inner.hopLimit, settings);

  const at = innerAt - ICMP_HEADER;
  writeIcmpHeader(
    bytes,
    at,
    row.toType,
    row.code === "any" && row.parameter === "unused" ? outer.icmpCode : row.toCode,
  );
  bytes[at + Icmpv4Field.pointer] = pointer;
  bytes[at + Icmpv4Field.length] = declared >>> 2;
  if (row.parameter === "mtu") {
    set16(bytes, at + Icmpv4Field.mtu, fragmentationNeededMtu(parameter, settings.mtuIPv6, settings.mtuIPv4));
  }
  writeErrorChecksum(bytes, at, ICMP_HEADER + packet.outLength, 0, wanted);
  const total = IPV4_HEADER + ICMP_HEADER + packet.outLength;
  packet.outOffset = at - IPV4_HEADER;
  packet.outLength = total;
  headerToIPv4(bytes, packet.outOffset, outer, total, total, outer.hopLimit - 1, settings);
  return OK;
}
