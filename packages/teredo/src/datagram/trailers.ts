/**
 * Trailers (RFC 6081 §4): options after the IPv6 packet of a Teredo datagram. A relay, a server or an IPv4 peer needs
 * none of the defined ones, so it skips them all. It only checks that they are well-formed, and that no unknown type
 * asks for the packet to be discarded.
 */
import { DatagramFault } from "./faults.ts";
import { TRAILER_HEADER, TRAILER_LENGTH, TRAILER_TYPE } from "./layout.ts";

/** The two highest bits of a type: 01 asks receivers that do not know the type to discard the packet (RFC 6081 §4). */
const ACTION = 0xc0;
const DISCARD = 0x40;

/** Checks that the bytes from `start` to `end` are trailers. @returns 0, or the number of a {@link DatagramFault} */
export function checkTrailers(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    if (end - at < TRAILER_HEADER) return DatagramFault["bad-trailer"];
    if ((bytes[at + TRAILER_TYPE] & ACTION) === DISCARD) return DatagramFault["refused-trailer"];
    at += TRAILER_HEADER + bytes[at + TRAILER_LENGTH];
  }
  return at === end ? 0 : DatagramFault["bad-trailer"];
}
