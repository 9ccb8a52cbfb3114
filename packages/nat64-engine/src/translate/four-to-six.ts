/**
 * IPv4 to IPv6 (RFC 7915 §4), in place: writes the IPv6 header, and a Fragment header for fragments, directly before the
 * upper-layer header. They grow into the headroom before the packet; the payload does not move.
 *
 * Before: `packet` is classified, `outer.target` (for errors also `inner.target`) is set, and the Time to Live is more than 1.
 * After: `packet.outOffset` and `packet.outLength` tell where the IPv6 packet is. If it is too long for the path and DF was clear,
 * the pipeline fragments it (see `cut.ts`).
 *
 * `six-to-four.ts` has the same steps. They are separate because each follows another section of the RFC.
 */

import { get16, set16, set32 } from "@nat64/rfc6052/bytes";
import { Reason } from "../drop-reasons.ts";
import { add, difference, fold, negate, sumOf, sumOfAddresses4, sumOfAddresses6 } from "../packet/checksum.ts";
import { FRAGMENT_HEADER } from "../packet/fragment-header.ts";
import { ICMP_HEADER } from "../packet/icmp.ts";
import { Icmpv4Field, Icmpv4Type } from "../packet/icmpv4.ts";
import { ICMPV6_ERROR_LIMIT, Icmpv6Field, Icmpv6Type } from "../packet/icmpv6.ts";
import { ExtensionHeader, IPV6_HEADER, IPv6 } from "../packet/ipv6.ts";
import { type IpHeader, type Packet, Protocol } from "../packet/packet.ts";
import { Udp } from "../packet/udp.ts";
import { completeChecksum } from "./complete-checksum.ts";
import {
  errorSum,
  icmpv6PseudoSum,
  originalLength,
  placeOriginal,
  writeErrorChecksum,
  writeIcmpHeader,
} from "./icmp-error.ts";
import { NO_POINTER, packetTooBigMtu, pointerToIPv6 } from "./icmp-parameter.ts";
import { icmpv4Errors } from "./icmp-table.ts";
import { writeFragmentHeader, writeIPv6Header } from "./ipv6-header.ts";
import type { TranslateSettings } from "./settings.ts";
import { newIdentifier, rewriteEcho, rewriteTransport } from "./transport.ts";

const OK = Reason.none;
const NOT_TRANSLATABLE = Reason["icmp-not-translatable"];
const ZERO_CHECKSUM = Reason["udp-zero-checksum"];

/** Translates the current packet to IPv6. Returns 0, or the reason to drop it. */
export function fourToSix(bytes: Uint8Array, packet: Packet, settings: TranslateSettings): Reason {
  const outer = packet.outer;
  const end = outer.offset + outer.length;
  if (packet.partialChecksum && outer.protocol === Protocol.icmp) {
    completeChecksum(bytes, outer.transport, end, Protocol.icmp);
    packet.partialChecksum = false;
  }
  if (packet.isIcmpError) return errorToIPv6(bytes, packet, settings);

  const payload = end - outer.transport;
  if (outer.fragmentOffset === 0) {
    if (lacksUdpChecksum(bytes, packet)) {
      if (!canGiveUdpChecksum(bytes, outer, settings)) return ZERO_CHECKSUM;
      giveUdpChecksum(bytes, packet);
    } else {
      upperToIPv6(bytes, outer, outer.transport, payload, packet.partialChecksum);
    }
  }
  const header = headerLengthInIPv6(outer);
  packet.outOffset = outer.transport - header;
  packet.outLength = header + payload;
  headerToIPv6(bytes, packet.outOffset, outer, payload, outer.hopLimit - 1, settings);
  return OK;
}

/** Only fragments get a Fragment header: atomic fragments are harmful (RFC 8021; RFC 7915 §4.1). */
function headerLengthInIPv6(header: IpHeader): number {
  return header.isFragment === 1 ? IPV6_HEADER + FRAGMENT_HEADER : IPV6_HEADER;
}

/** RFC 7915 §4.1. `payload` is the number of bytes after the headers written here. */
function headerToIPv6(
  bytes: Uint8Array,
  at: number,
  header: IpHeader,
  payload: number,
  hopLimit: number,
  settings: TranslateSettings,
): void {
  const target = header.target;
  const protocol = header.protocol === Protocol.icmp ? Protocol.icmpv6 : header.protocol;
  const extra = header.isFragment === 1 ? FRAGMENT_HEADER : 0;
  const nextHeader = extra === 0 ? protocol : ExtensionHeader.fragment;
  writeIPv6Header(
    bytes,
    at,
    settings.trafficClassToIPv6 < 0 ? header.trafficClass : settings.trafficClassToIPv6,
    extra + payload,
    nextHeader,
    hopLimit,
    target.source,
    target.destination,
  );
  if (extra !== 0) {
    const fragmentAt = at + IPV6_HEADER;
    writeFragmentHeader(
      bytes,
      fragmentAt,
      protocol,
      header.fragmentOffset,
      header.moreFragments,
      header.identification,
    );
  }
}

/** Translates the upper-layer header at `at`, of which `there` bytes are present (RFC 7915 §4.5). */
function upperToIPv6(bytes: Uint8Array, header: IpHeader, at: number, there: number, partial: boolean): void {
  const tuple = header.tuple;
  const target = header.target;
  const protocol = header.protocol;
  if (protocol === Protocol.icmp) {
    // ICMPv6 covers a pseudo-header, ICMPv4 does not (RFC 7915 §4.2).
    const pseudo = icmpv6PseudoSum(target, header.upperLength);
    const type = header.icmpType === Icmpv4Type.echoRequest ? Icmpv6Type.echoRequest : Icmpv6Type.echoReply;
    rewriteEcho(bytes, at, type, newIdentifier(tuple, target), pseudo);
  } else if (protocol === Protocol.tcp || protocol === Protocol.udp) {
    const before = sumOfAddresses4(tuple.source, tuple.destination);
    const after = sumOfAddresses6(target.source, target.destination);
    rewriteTransport(bytes, at, there, protocol, tuple, target, difference(before, after), partial);
  }
}

function lacksUdpChecksum(bytes: Uint8Array, packet: Packet): boolean {
  const { protocol, transport } = packet.outer;
  return protocol === Protocol.udp && !packet.partialChecksum && get16(bytes, transport + Udp.checksum) === 0;
}

/** A fragment needs the sum of the whole datagram, which only a stateful translator knows (RFC 6146 §3.4). */
function canGiveUdpChecksum(bytes: Uint8Array, outer: IpHeader, settings: TranslateSettings): boolean {
  if (!settings.computesZeroChecksum) return false;
  if (outer.isFragment === 0) return true;
  return outer.upperSum >= 0 && outer.upperLength === get16(bytes, outer.transport + Udp.length);
}

/** IPv6 requires a UDP checksum (RFC 8200 §8.1), so it is computed for packets without one (RFC 7915 §4.5). */
function giveUdpChecksum(bytes: Uint8Array, packet: Packet): void {
  const { target, tuple, transport: at, upperSum } = packet.outer;
  const length = get16(bytes, at + Udp.length);
  set16(bytes, at + Udp.sourcePort, target.sourcePort);
  set16(bytes, at + Udp.destinationPort, target.destinationPort);
  const pseudo = fold(sumOfAddresses6(target.source, target.destination) + length + Protocol.udp);
  if (packet.segmentSize !== 0) {
    // Each segment of a super-packet gets its own: the device completes them.
    set16(bytes, at + Udp.checksum, pseudo);
    packet.partialChecksum = true;
    return;
  }
  const ports = difference(
    fold(tuple.sourcePort + tuple.destinationPort),
    fold(target.sourcePort + target.destinationPort),
  );
  const data = upperSum >= 0 ? add(upperSum, ports) : sumOf(bytes, at, at + length);
  const field = negate(fold(pseudo + data));
  set16(bytes, at + Udp.checksum, field === 0 ? 0xffff : field);
}

/** Translates an ICMPv4 error with the packet inside (RFC 7915 §4.2, §4.3). */
function errorToIPv6(bytes: Uint8Array, packet: Packet, settings: TranslateSettings): Reason {
  const outer = packet.outer;
  const inner = packet.inner;
  const icmp = outer.transport;
  const row = icmpv4Errors.find(outer.icmpType, outer.icmpCode);
  if (row === undefined) return NOT_TRANSLATABLE;
  const mtu = get16(bytes, icmp + Icmpv4Field.mtu);
  const pointer = row.parameter === "pointer" ? pointerToIPv6(bytes[icmp + Icmpv4Field.pointer]) : IPv6.nextHeader;
  if (pointer === NO_POINTER) return NOT_TRANSLATABLE;

  const original = originalLength(packet, bytes[icmp + Icmpv4Field.length] << 2);
  const wanted = errorSum(bytes, icmp, outer.offset + outer.length - icmp, 0);

  const innerHeader = headerLengthInIPv6(inner);
  const limit = ICMPV6_ERROR_LIMIT - IPV6_HEADER - ICMP_HEADER;
  const unit = row.parameter === "unused" ? 8 : 0;
  const declared = placeOriginal(bytes, packet, original, innerHeader, unit, limit);
  const innerAt = packet.outOffset;
  if (inner.fragmentOffset === 0) {
    upperToIPv6(bytes, inner, innerAt + innerHeader, packet.outLength - innerHeader, false);
  }
  headerToIPv6(bytes, innerAt, inner, inner.offset + inner.length - inner.transport, inner.hopLimit, settings);

  const at = innerAt - ICMP_HEADER;
  writeIcmpHeader(bytes, at, row.toType, row.code === "any" ? outer.icmpCode : row.toCode);
  if (row.parameter === "mtu") {
    const value = packetTooBigMtu(mtu, inner.length, settings.mtuIPv6, settings.mtuIPv4);
    set32(bytes, at + Icmpv6Field.mtu, value);
  } else if (row.parameter === "unused") {
    bytes[at + Icmpv6Field.length] = declared >>> 3;
  } else {
    set32(bytes, at + Icmpv6Field.pointer, pointer);
  }
  const length = ICMP_HEADER + packet.outLength;
  writeErrorChecksum(bytes, at, length, icmpv6PseudoSum(outer.target, length), wanted);
  packet.outOffset = at - IPV6_HEADER;
  packet.outLength = IPV6_HEADER + length;
  headerToIPv6(bytes, packet.outOffset, outer, length, outer.hopLimit - 1, settings);
  return OK;
}
