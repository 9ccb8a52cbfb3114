/**
 * The fields of the IPv6 header (RFC 8200 §3) that Teredo uses.
 *
 *      0       4        6      7      8        24            40
 *      +-------+--------+------+------+--------+-------------+
 *      | 6.... | length | next | hops | source | destination |
 *      +-------+--------+------+------+--------+-------------+
 */
import { set16, set32 } from "@nat64/rfc6052/bytes";

/** Bytes of the header. */
export const IPV6_HEADER = 40;

/** Offsets of the fields, in bytes from the start of the header. */
export const IPV6_PAYLOAD_LENGTH = 4;
export const IPV6_NEXT_HEADER = 6;
export const IPV6_HOP_LIMIT = 7;
export const IPV6_SOURCE = 8;
export const IPV6_DESTINATION = 24;

/** Next header values (IANA protocol numbers). */
export const ICMPV6 = 58;
export const NO_NEXT_HEADER = 59;

/** Largest IPv6 packet on a Teredo link (RFC 4380 §5.1.2 and the minimum of RFC 8200 §5). */
export const TEREDO_MTU = 1280;

/** First word of a header without traffic class and flow label. */
const VERSION = 0x60000000;

/**
 * Writes a header at `at`.
 *
 * @param source @param destination sixteen bytes each
 */
export function emitIPv6Header(
  out: Uint8Array,
  at: number,
  payloadLength: number,
  nextHeader: number,
  hopLimit: number,
  source: Uint8Array,
  destination: Uint8Array,
): void {
  set32(out, at, VERSION);
  set16(out, at + IPV6_PAYLOAD_LENGTH, payloadLength);
  out[at + IPV6_NEXT_HEADER] = nextHeader;
  out[at + IPV6_HOP_LIMIT] = hopLimit;
  out.set(source, at + IPV6_SOURCE);
  out.set(destination, at + IPV6_DESTINATION);
}

/** Whether the address at `at` is in fe80::/10 (RFC 4291 §2.5.6). */
export function isLinkLocal(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xfe && (bytes[at + 1] & 0xc0) === 0x80;
}

/** Whether the address at `at` is multicast, ff00::/8 (RFC 4291 §2.7). */
export function isMulticast(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff;
}

/** Whether the address at `at` is global unicast, 2000::/3 (RFC 4291 §2.4 with the IANA registry). */
export function isGlobalUnicastIPv6(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] & 0xe0) === 0x20;
}
