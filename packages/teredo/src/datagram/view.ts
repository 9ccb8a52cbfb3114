/**
 * A view of a UDP payload of the Teredo service (RFC 4380 §5.1.1) for the packet path: the offset of each part.
 *
 * One object is created once and reused for every datagram. {@link parseDatagram} allocates nothing, copies nothing and
 * never throws. Offsets count from the start of the array.
 */
import { get16, get32 } from "@nat64/rfc6052/bytes";
import { DatagramFault } from "./faults.ts";
import { IPV6_HEADER, IPV6_PAYLOAD_LENGTH } from "./ipv6.ts";
import {
  AUTHENTICATION,
  AUTHENTICATION_ID,
  AUTHENTICATION_ID_LENGTH,
  AUTHENTICATION_MINIMUM,
  AUTHENTICATION_VALUE_LENGTH,
  NONCE_LENGTH,
  ORIGIN,
  ORIGIN_ADDRESS,
  ORIGIN_LENGTH,
  ORIGIN_PORT,
} from "./layout.ts";
import { checkTrailers } from "./trailers.ts";

/** The parts of a datagram. Some fields are valid only if their part exists; their comments say so. */
export class DatagramView {
  /** Whether the datagram has an authentication encapsulation. */
  authenticated = false;
  /**
   * In the authentication encapsulation, if it exists: offsets of client identifier, authentication value and nonce (8
   * bytes).
   */
  clientIdentifierAt = 0;
  clientIdentifierLength = 0;
  authenticationValueAt = 0;
  authenticationValueLength = 0;
  nonceAt = 0;
  /** In the authentication encapsulation, if it exists: non-zero if the server wants the client to get a new key. */
  confirmation = 0;
  /** Whether the datagram has an origin indication. */
  hasOrigin = false;
  /** In the origin indication, if it exists: port and address, not inverted. */
  originAddress = 0;
  originPort = 0;
  /** The IPv6 packet: its offset, and its length with the header. */
  packetAt = 0;
  packetLength = 0;
}

/**
 * Finds the parts of the datagram in `bytes` from `start` to `end`.
 *
 * @returns 0, or the number of a {@link DatagramFault}; after a fault the contents of the view are undefined
 */
export function parseDatagram(bytes: Uint8Array, start: number, end: number, view: DatagramView): number {
  let at = start;
  view.authenticated = false;
  view.hasOrigin = false;
  for (;;) {
    if (end - at < 2) return DatagramFault.truncated;
    if (bytes[at] >>> 4 === 6) break;
    const kind = get16(bytes, at);
    // RFC 4380 §5.1.1: authentication, if any, then origin indication, if any, then the packet.
    if (kind === AUTHENTICATION) {
      if (view.authenticated || view.hasOrigin) return DatagramFault["misplaced-encapsulation"];
      if (end - at < AUTHENTICATION_MINIMUM) return DatagramFault.truncated;
      at = parseAuthentication(bytes, at, view);
      if (at > end) return DatagramFault.truncated;
      view.confirmation = bytes[at - 1];
    } else if (kind === ORIGIN) {
      if (view.hasOrigin) return DatagramFault["misplaced-encapsulation"];
      if (end - at < ORIGIN_LENGTH) return DatagramFault.truncated;
      view.hasOrigin = true;
      view.originPort = ~get16(bytes, at + ORIGIN_PORT) & 0xffff;
      view.originAddress = ~get32(bytes, at + ORIGIN_ADDRESS);
      at += ORIGIN_LENGTH;
    } else {
      return DatagramFault["unknown-encapsulation"];
    }
  }
  if (end - at < IPV6_HEADER) return DatagramFault.truncated;
  view.packetAt = at;
  view.packetLength = IPV6_HEADER + get16(bytes, at + IPV6_PAYLOAD_LENGTH);
  const packetEnd = at + view.packetLength;
  if (packetEnd > end) return DatagramFault["bad-length"];
  return packetEnd === end ? 0 : checkTrailers(bytes, packetEnd, end);
}

/**
 * Fills in an encapsulation whose fixed part is complete. @returns the offset of its end, which may be past the
 * datagram
 */
function parseAuthentication(bytes: Uint8Array, at: number, view: DatagramView): number {
  view.authenticated = true;
  view.clientIdentifierAt = at + AUTHENTICATION_ID;
  view.clientIdentifierLength = bytes[at + AUTHENTICATION_ID_LENGTH];
  view.authenticationValueAt = view.clientIdentifierAt + view.clientIdentifierLength;
  view.authenticationValueLength = bytes[at + AUTHENTICATION_VALUE_LENGTH];
  view.nonceAt = view.authenticationValueAt + view.authenticationValueLength;
  return view.nonceAt + NONCE_LENGTH + 1;
}
