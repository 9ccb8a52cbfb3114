/** Common parts of the translation of ICMP errors: room for the packet inside, and the checksum. */
import { set16 } from "@nat64/rfc6052/bytes";
import { add, difference, fold, sumOf, sumOfAddresses6 } from "../packet/checksum.ts";
import { ICMP_HEADER, Icmp } from "../packet/icmp.ts";
import { type Packet, Protocol, type Tuple } from "../packet/packet.ts";

/** Minimum length of the original datagram before an extension structure, in bytes (RFC 4884 §4). */
const MIN_ORIGINAL_BYTES = 128;

/** Bytes behind the IP headers that every ICMP error quotes (RFC 792). */
const MIN_QUOTED_BYTES = 8;

/**
 * Bytes of the original datagram in an ICMP error: the length attribute if an extension structure follows (RFC 4884 §5), else all.
 * Invalid attributes are ignored.
 *
 * @param declared the length attribute in bytes; 0 when the type has none
 */
export function originalLength(packet: Packet, declared: number): number {
  const { outer, inner } = packet;
  const all = outer.offset + outer.length - inner.offset;
  // The headers that were parsed, and the bytes that ICMP always quotes after them, are part of the original datagram.
  const least = Math.max(MIN_ORIGINAL_BYTES, inner.transport - inner.offset + MIN_QUOTED_BYTES);
  return declared >= least && declared < all ? declared : all;
}

/**
 * Makes room for the translated packet inside an ICMP error. Headers grow and shrink before its payload, which usually does not
 * move. Only with an extension structure the payload moves, since the length before it has to be a multiple of `unit`.
 *
 * Sets `packet.outOffset` to where the translated inner header starts and `packet.outLength` to the bytes from there.
 *
 * @param original bytes of the original datagram, headers included
 * @param newHeader bytes of the translated inner headers
 * @param unit unit of the length attribute (RFC 4884): 4 in ICMPv4, 8 in ICMPv6; 0 when the new type has none
 * @param limit bytes that the body of the new error may have
 * @returns the new length attribute in bytes, 0 for none
 */
export function placeOriginal(
  bytes: Uint8Array,
  packet: Packet,
  original: number,
  newHeader: number,
  unit: number,
  limit: number,
): number {
  const outer = packet.outer;
  const inner = packet.inner;
  const end = outer.offset + outer.length;
  const payload = original - (inner.transport - inner.offset);
  const extension = end - inner.offset - original;
  if (unit === 0 || extension === 0 || MIN_ORIGINAL_BYTES + extension > limit) {
    packet.outOffset = inner.transport - newHeader;
    packet.outLength = newHeader + Math.min(payload, limit - newHeader);
    return 0;
  }
  const wanted = Math.max(MIN_ORIGINAL_BYTES, roundUp(newHeader + payload, unit));
  const field = Math.min(wanted, limit - extension - ((limit - extension) % unit));
  const kept = Math.min(payload, field - newHeader);
  const start = end - extension - field;
  const behind = start + newHeader + kept;
  bytes.copyWithin(start + newHeader, inner.transport, inner.transport + kept);
  // RFC 4884 §5: padding is zero.
  bytes.fill(0, behind, end - extension);
  packet.outOffset = start;
  packet.outLength = field + extension;
  return field;
}

function roundUp(value: number, unit: number): number {
  return value + unit - 1 - ((value + unit - 1) % unit);
}

/** The sum of an ICMPv6 pseudo-header (RFC 8200 §8.1). */
export function icmpv6PseudoSum(addresses: Tuple, length: number): number {
  return fold(sumOfAddresses6(addresses.source, addresses.destination) + length + Protocol.icmpv6);
}

/**
 * The sum of everything that the checksum of an error covers, including the checksum. It is zero when the checksum is correct.
 * Another value must be preserved, so that a corrupt error stays corrupt.
 */
export function errorSum(bytes: Uint8Array, icmp: number, length: number, pseudo: number): number {
  return add(sumOf(bytes, icmp, icmp + length), pseudo);
}

/** Writes the checksum of an error so that its {@link errorSum} is `wanted`. */
export function writeErrorChecksum(
  bytes: Uint8Array,
  icmp: number,
  length: number,
  pseudo: number,
  wanted: number,
): void {
  set16(bytes, icmp + Icmp.checksum, 0);
  set16(bytes, icmp + Icmp.checksum, difference(errorSum(bytes, icmp, length, pseudo), wanted));
}

/** Writes the type and code of an ICMP header, and zeros for the rest. */
export function writeIcmpHeader(bytes: Uint8Array, at: number, type: number, code: number): void {
  bytes[at + Icmp.type] = type;
  bytes[at + Icmp.code] = code;
  bytes.fill(0, at + Icmp.checksum, at + ICMP_HEADER);
}
