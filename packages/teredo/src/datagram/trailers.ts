/**
 * Trailers (RFC 6081 §4): options after the IPv6 packet of a Teredo datagram. None of those that are defined means
 * anything to a relay, a server or an IPv4 peer, so all are stepped over; what matters is that they do not break a
 * packet, and that a type may ask not to be stepped over.
 */
import { DatagramFault } from "./faults.ts";
import { TRAILER_HEADER, TRAILER_LENGTH, TRAILER_TYPE } from "./layout.ts";

/** The two highest bits of a type: 01 asks whoever does not know the type to discard the packet (RFC 6081 §4). */
const ACTION = 0xc0;
const DISCARD = 0x40;

/** Whether the bytes from `start` to `end` are trailers. @returns 0, or the number of a {@link DatagramFault} */
export function checkTrailers(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    if (end - at < TRAILER_HEADER) return DatagramFault["bad-trailer"];
    if ((bytes[at + TRAILER_TYPE] & ACTION) === DISCARD) return DatagramFault["refused-trailer"];
    at += TRAILER_HEADER + bytes[at + TRAILER_LENGTH];
  }
  return at === end ? 0 : DatagramFault["bad-trailer"];
}
