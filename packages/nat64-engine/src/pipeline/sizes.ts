/**
 * Whether a packet fits the outgoing MTU after translation (RFC 7915 §4.1, §5.1). Checked before the rewrite.
 *
 * For a super-packet the size of its segments counts, since the sender cuts it into them.
 */
import type { CommonSettings } from "../config/compile-config.ts";
import { FRAGMENT_HEADER } from "../packet/fragment-header.ts";
import { IPV4_HEADER } from "../packet/ipv4.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { type Packet, Protocol } from "../packet/packet.ts";
import { segmentHeaderLength } from "../packet/segments.ts";
import { MAX_BYTES_WITHOUT_DF } from "../translate/six-to-four.ts";
import { keptHeaders6 } from "../translate/six-to-six.ts";

/** The packet fits as it is. */
export const FITS = 0;
/** The packet has to be fragmented. */
export const CUT = -1;
// A positive result is the MTU to report to the sender.

/**
 * Checks a packet to IPv4: {@link FITS}, or the MTU for a Packet Too Big.
 *
 * IPv4 packets of up to 1260 bytes always fit: they are sent with DF clear, so routers can fragment them.
 */
export function sizeToIPv4(bytes: Uint8Array, packet: Packet, settings: CommonSettings): number {
  if (packet.isIcmpError) return FITS;
  const piece = IPV4_HEADER + pieceOf(bytes, packet);
  if (piece <= settings.mtuIPv4 || piece <= MAX_BYTES_WITHOUT_DF) return FITS;
  const outer = packet.outer;
  const headers = outer.transport - outer.offset - IPV4_HEADER;
  return Math.max(settings.mtuIPv4 + headers, 1280);
}

/**
 * Checks a packet to IPv6: {@link FITS}, {@link CUT}, or the MTU for a Fragmentation Needed. The segments of a TCP super-packet
 * with DF clear are made smaller here, so that it fits.
 */
export function sizeToIPv6(bytes: Uint8Array, packet: Packet, settings: CommonSettings): number {
  if (packet.isIcmpError) return FITS;
  const outer = packet.outer;
  const headers = IPV6_HEADER + (outer.isFragment === 0 ? 0 : FRAGMENT_HEADER);
  const piece = headers + pieceOf(bytes, packet);
  if (outer.dontFragment !== 0) return piece <= settings.mtuIPv6 ? FITS : settings.mtuIPv6 - headers + IPV4_HEADER;
  if (piece <= settings.lowestIPv6) return FITS;
  if (packet.segmentSize === 0) return CUT;
  if (outer.protocol === Protocol.tcp) {
    packet.segmentSize -= piece - settings.lowestIPv6;
    return FITS;
  }
  // UDP segments cannot be made smaller, and a super-packet cannot be fragmented: leave UDP offloads off on a TUN device.
  return piece <= settings.mtuIPv6 ? FITS : settings.mtuIPv6 - headers + IPV4_HEADER;
}

/** Checks a packet to a peer exit: {@link FITS}, or the MTU for a Packet Too Big. */
export function sizeToPath(bytes: Uint8Array, packet: Packet): number {
  if (packet.isIcmpError) return FITS;
  const outer = packet.outer;
  const kept = keptHeaders6(outer);
  const piece = kept + pieceOf(bytes, packet);
  // The client counts its extension headers, which disappear here.
  return piece <= packet.pathMtu ? FITS : packet.pathMtu + outer.transport - outer.offset - kept;
}

/** Bytes behind the IP headers of the packet or, for a super-packet, of each of its segments. */
function pieceOf(bytes: Uint8Array, packet: Packet): number {
  const outer = packet.outer;
  if (packet.segmentSize === 0) return outer.offset + outer.length - outer.transport;
  return segmentHeaderLength(bytes, outer) + packet.segmentSize;
}
