/** Ports and checksums of TCP and UDP, for all three rewrites (RFC 7915 §4.5, §5.5). */
import { get16, set16 } from "@nat64/rfc6052/bytes";
import { add, difference, fold, updateField, updateUdpField } from "../packet/checksum.ts";
import { Icmp } from "../packet/icmp.ts";
import { Protocol, type Tuple } from "../packet/packet.ts";
import { Tcp } from "../packet/tcp.ts";
import { UDP_HEADER, Udp } from "../packet/udp.ts";

/**
 * Writes the ports of `to` into the TCP or UDP header at `at` and updates its checksum.
 *
 * @param there bytes that are present from `at`; the packet inside an ICMP error may end before the checksum
 * @param pseudo the difference from the pseudo-header
 * @param partial whether the field holds the sum of the pseudo-header only: then it does not cover the ports
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
  // Without a checksum there is none to update (RFC 768).
  else if (field !== 0) set16(bytes, at + Udp.checksum, updateUdpField(field, add(pseudo, ports)));
}

/**
 * The new Identifier of an echo message. It is both source and destination port (RFC 6146 §3.5.3): the one that the look-up
 * changed is used.
 */
export function newIdentifier(from: Tuple, to: Tuple): number {
  return to.sourcePort === from.sourcePort ? to.destinationPort : to.sourcePort;
}

/**
 * Rewrites type and Identifier of the echo message at `at` and updates its checksum.
 *
 * @param pseudo the difference when the pseudo-header is added, removed or changed
 */
export function rewriteEcho(bytes: Uint8Array, at: number, newType: number, identifier: number, pseudo: number): void {
  const before = get16(bytes, at + Icmp.type) + get16(bytes, at + Icmp.identifier);
  bytes[at + Icmp.type] = newType;
  set16(bytes, at + Icmp.identifier, identifier);
  const after = get16(bytes, at + Icmp.type) + identifier;
  const change = add(pseudo, difference(fold(before), fold(after)));
  set16(bytes, at + Icmp.checksum, updateField(get16(bytes, at + Icmp.checksum), change));
}
