/** Offsets in an IPv6 header (RFC 8200 §3), and the prefix of Teredo addresses (RFC 4380 §4). */
import { get32 } from "@nat64/rfc6052/bytes";

/** Bytes of the header. */
export const IPV6_HEADER = 40;
/** Offsets of the addresses. */
export const SOURCE = 8;
export const DESTINATION = 24;

/** The first word of a Teredo address. */
export const TEREDO_WORD = 0x20010000;

/** Whether an IPv6 packet goes to a Teredo address. */
export function isToTeredo(bytes: Uint8Array, at: number, length: number): boolean {
  return length >= IPV6_HEADER && bytes[at] >>> 4 === 6 && get32(bytes, at + DESTINATION) === TEREDO_WORD;
}
