import type { Refusals } from "@nat64/rfc6052";

/** The first word of every Teredo address: 2001::/32 (RFC 4380 §2.6). */
export const TEREDO_WORD = 0x20010000;

/** The universal and the group bit, zero in every Teredo address (RFC 4380 §4). */
const UG_BITS = 0x03000000;

/**
 * Whether an IPv6 address is a valid address of a Teredo client (RFC 4380 §4): its server and its mapped address are global
 * unicast, and its mapped port is not 0. The mapped port and address are inverted in the address.
 */
export function isTeredoClient(address: Int32Array, refusals: Refusals): boolean {
  if (address[0] !== TEREDO_WORD || (address[2] & UG_BITS) !== 0 || (~address[2] & 0xffff) === 0) return false;
  return !refusals.refusesIPv4(address[1]) && !refusals.refusesIPv4(~address[3]);
}
