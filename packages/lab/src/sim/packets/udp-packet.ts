/** UDP datagrams as IP packets: the traffic of simulated clients and servers, and the proofs of prefix. */

import { set16 } from "@nat64/rfc6052/bytes";

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const UDP_HEADER = 8;
const UDP = 17;
const HOP_LIMIT = 64;

/** One end of a datagram over IPv6. */
export interface UdpEnd {
  /** Sixteen bytes. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** An IPv6 packet with a UDP datagram (RFC 8200 §3, RFC 768). */
export function makeUdpPacket(from: UdpEnd, to: UdpEnd, payload: Uint8Array): Uint8Array {
  const length = UDP_HEADER + payload.length;
  const packet = new Uint8Array(IPV6_HEADER + length);
  packet[0] = 0x60;
  set16(packet, 4, length);
  packet[6] = UDP;
  packet[7] = HOP_LIMIT;
  packet.set(from.address, 8);
  packet.set(to.address, 24);
  set16(packet, IPV6_HEADER, from.port);
  set16(packet, IPV6_HEADER + 2, to.port);
  set16(packet, IPV6_HEADER + 4, length);
  packet.set(payload, IPV6_HEADER + UDP_HEADER);
  // RFC 8200 §8.1: the pseudo-header's addresses are already in front of the datagram.
  const checksum = ~sum(packet, 8, packet.length, UDP + length) & 0xffff;
  set16(packet, IPV6_HEADER + 6, checksum === 0 ? 0xffff : checksum);
  return packet;
}

/** The payload of such a packet, or nothing if it is another packet. */
export function payloadOf(packet: Uint8Array): Uint8Array | undefined {
  return packet[6] === UDP ? packet.subarray(IPV6_HEADER + UDP_HEADER) : undefined;
}

/**
 * The answer of an echo server (RFC 862) to a UDP datagram over IPv4 without options: source and destination exchanged,
 * which leaves all checksums valid. Undefined for anything else.
 */
export function echoOf(packet: Uint8Array): Uint8Array | undefined {
  if (packet[0] !== 0x45 || packet[9] !== UDP) return undefined;
  const answer = packet.slice();
  answer.set(packet.subarray(16, 20), 12);
  answer.set(packet.subarray(12, 16), 16);
  answer.set(packet.subarray(IPV4_HEADER + 2, IPV4_HEADER + 4), IPV4_HEADER);
  answer.set(packet.subarray(IPV4_HEADER, IPV4_HEADER + 2), IPV4_HEADER + 2);
  return answer;
}

/** The Internet checksum's sum (RFC 1071), folded. */
function sum(bytes: Uint8Array, from: number, to: number, start: number): number {
  let total = start;
  for (let at = from; at < to; at++) total += (at - from) % 2 === 0 ? bytes[at] << 8 : bytes[at];
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}
