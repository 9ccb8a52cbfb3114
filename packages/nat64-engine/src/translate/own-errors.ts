/**
 * The translator's own ICMP errors, written into free bytes. The packet that they are about must be unchanged.
 */
import { set16, set32 } from "@nat64/rfc6052/bytes";
import { fold, negate, sumOf, sumOfAddresses6 } from "../packet/checksum.ts";
import { ICMP_HEADER, Icmp } from "../packet/icmp.ts";
import { ICMPV4_ERROR_LIMIT, isIcmpv4Error, isUntranslatableIcmpv4Error } from "../packet/icmpv4.ts";
import { ICMPV6_ERROR_LIMIT, isAnyIcmpv6Error } from "../packet/icmpv6.ts";
import { IPV4_HEADER } from "../packet/ipv4.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { cannotBeSource6 } from "../packet/ipv6-address.ts";
import { type IpHeader, type Packet, Protocol } from "../packet/packet.ts";
import { writeIPv4Header } from "./ipv4-header.ts";
import { writeIPv6Header } from "./ipv6-header.ts";

/** Hop limit of our own packets. */
export const OWN_HOP_LIMIT = 64;

/** The first byte of IPv6 multicast addresses, ff00::/8. */
const MULTICAST_FIRST_BYTE = 0xff;

/** Type of Service of ICMPv4 errors: precedence 6, internetwork control (RFC 1812 §4.3.2.5). */
const ERROR_TYPE_OF_SERVICE = 0xc0;

/**
 * Whether an ICMP error may be sent about the current packet: never about an ICMP error, a later fragment, a multicast or
 * broadcast packet, or a packet whose source is not a single node (RFC 4443 §2.4 (e), RFC 1812 §4.3.2.7).
 */
export function mayBeAnswered(packet: Packet): boolean {
  const outer = packet.outer;
  if (packet.isIcmpError || outer.fragmentOffset !== 0) return false;
  if (outer.family === 6) return mayAnswerIPv6(outer);
  return outer.family === 4 && mayAnswerIPv4(outer);
}

function mayAnswerIPv6(header: IpHeader): boolean {
  const { source, destination } = header.tuple;
  if (header.protocol === Protocol.icmpv6 && isAnyIcmpv6Error(header.icmpType)) return false;
  return !cannotBeSource6(source) && destination[0] >>> 24 !== MULTICAST_FIRST_BYTE;
}

function mayAnswerIPv4(header: IpHeader): boolean {
  const type = header.icmpType;
  if (header.protocol === Protocol.icmp && (isIcmpv4Error(type) || isUntranslatableIcmpv4Error(type))) return false;
  const network = header.tuple.source[0] >>> 24;
  // From 224 on: multicast, reserved and limited broadcast.
  return network !== 0 && network !== 127 && network < 224 && header.tuple.destination[0] >>> 24 < 224;
}

/**
 * Writes an ICMPv6 error about `offender` at `at`, with as much of it as fits 1280 bytes (RFC 4443 §2.4 (c)).
 *
 * @param rest the second word of the header: MTU, pointer, or 0
 * @returns bytes of the whole IPv6 packet
 */
export function writeIcmpv6Error(
  bytes: Uint8Array,
  at: number,
  offender: IpHeader,
  source: Int32Array,
  destination: Int32Array,
  type: number,
  code: number,
  rest: number,
): number {
  const quoted = Math.min(offender.available, ICMPV6_ERROR_LIMIT - IPV6_HEADER - ICMP_HEADER);
  const length = ICMP_HEADER + quoted;
  const icmp = at + IPV6_HEADER;
  quote(bytes, icmp, offender, quoted, type, code, rest);
  writeIPv6Header(bytes, at, 0, length, Protocol.icmpv6, OWN_HOP_LIMIT, source, destination);
  const pseudo = sumOfAddresses6(source, destination) + length + Protocol.icmpv6;
  set16(bytes, icmp + Icmp.checksum, negate(fold(pseudo + sumOf(bytes, icmp, icmp + length))));
  return IPV6_HEADER + length;
}

/**
 * Writes an ICMPv4 error about `offender` at `at`, with as much of it as fits 576 bytes (RFC 1812 §4.3.2.3).
 *
 * @param rest the second word of the header: an MTU as it is, a pointer shifted left by 24, or 0
 * @param identification of the IPv4 header
 * @returns bytes of the whole IPv4 packet
 */
export function writeIcmpv4Error(
  bytes: Uint8Array,
  at: number,
  offender: IpHeader,
  source: number,
  type: number,
  code: number,
  rest: number,
  identification: number,
): number {
  const quoted = Math.min(offender.available, ICMPV4_ERROR_LIMIT - IPV4_HEADER - ICMP_HEADER);
  const total = IPV4_HEADER + ICMP_HEADER + quoted;
  const icmp = at + IPV4_HEADER;
  const destination = offender.tuple.source[0];
  quote(bytes, icmp, offender, quoted, type, code, rest);
  writeIPv4Header(
    bytes,
    at,
    ERROR_TYPE_OF_SERVICE,
    total,
    identification,
    0,
    OWN_HOP_LIMIT,
    Protocol.icmp,
    source,
    destination,
  );
  set16(bytes, icmp + Icmp.checksum, negate(sumOf(bytes, icmp, at + total)));
  return total;
}

function quote(
  bytes: Uint8Array,
  icmp: number,
  offender: IpHeader,
  quoted: number,
  type: number,
  code: number,
  rest: number,
): void {
  bytes[icmp + Icmp.type] = type;
  bytes[icmp + Icmp.code] = code;
  set16(bytes, icmp + Icmp.checksum, 0);
  set32(bytes, icmp + Icmp.rest, rest);
  bytes.copyWithin(icmp + Icmp.original, offender.offset, offender.offset + quoted);
}
