/** Ports and checksums of TCP and UDP: the same for all three rewrites (RFC 7915 §4.5, §5.5). */
import { get16, set16 } from "@nat64/rfc6052/bytes";
import { add, difference, fold, updateField, updateUdpField } from "../packet/checksum.ts";
import { Icmp } from "../packet/icmp.ts";
import { Protocol, type Tuple } from "../packet/packet.ts";
import { Tcp } from "../packet/tcp.ts";
import { UDP_HEADER, Udp } from "../packet/udp.ts";

/**
 * Writes the ports of `to` into the TCP or UDP header at `at` and updates its checksum.
 *
 * @param there bytes that are there from `at`; the packet inside an ICMP error may end before the checksum
 * @param pseudo the difference that the pseudo-header makes
 * @param partial whether the field holds the sum of the pseudo-header only: then ports are not in it
 */
export function rewriteTransport(
  bytes: Uint8Array,
  at: number,
  there: number,
  protocol: number,
  from: Tuple,
  to: Tuple,
  pseudo: number,
  partial: boolean,
): void {
  const ports = difference(fold(from.sourcePort + from.destinationPort), fold(to.sourcePort + to.destinationPort));
  set16(bytes, at + Udp.sourcePort, to.sourcePort);
  set16(bytes, at + Udp.destinationPort, to.destinationPort);
  if (protocol === Protocol.tcp) {
    if (there < Tcp.checksum + 2) return;
    const field = get16(bytes, at + Tcp.checksum);
    set16(bytes, at + Tcp.checksum, partial ? add(field, pseudo) : updateField(field, add(pseudo, ports)));
    return;
  }
  if (there < UDP_HEADER) return;
  const field = get16(bytes, at + Udp.checksum);
  if (partial) set16(bytes, at + Udp.checksum, add(field, pseudo));
  // Without a checksum there is nothing to update (RFC 768).
  else if (field !== 0) set16(bytes, at + Udp.checksum, updateUdpField(field, add(pseudo, ports)));
}

/**
 * The Identifier that an echo message is to leave with. It is source and destination port in one (RFC 6146 §3.5.3):
 * whichever of the two the look-up changed counts.
 */
export function newIdentifier(from: Tuple, to: Tuple): number {
  return to.sourcePort === from.sourcePort ? to.destinationPort : to.sourcePort;
}

/**
 * Rewrites type and Identifier of the echo message at `at` and updates its checksum.
 *
 * @param pseudo the difference that gaining, losing or changing the pseudo-header makes
 */
export function rewriteEcho(bytes: Uint8Array, at: number, newType: number, identifier: number, pseudo: number): void {
  const before = get16(bytes, at + Icmp.type) + get16(bytes, at + Icmp.identifier);
  bytes[at + Icmp.type] = newType;
  set16(bytes, at + Icmp.identifier, identifier);
  const after = get16(bytes, at + Icmp.type) + identifier;
  const change = add(pseudo, difference(fold(before), fold(after)));
  set16(bytes, at + Icmp.checksum, updateField(get16(bytes, at + Icmp.checksum), change));
}
