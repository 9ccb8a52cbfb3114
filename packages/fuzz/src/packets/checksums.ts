/** Checksums of packets (RFC 1071), slow and plain. Written without the code under test, to judge it. */
import type { Layout } from "./layout.ts";

/** Where the checksum is in the transport header, by protocol. */
const CHECKSUM_AT: Readonly<Record<number, number>> = { 1: 2, 6: 16, 17: 6, 58: 2 };
const ICMPV4 = 1;
const UDP = 17;

/** The one's-complement sum of 16-bit words, modulo 65535. */
export function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at += 2) total += bytes[at] * 256 + (at + 1 < to ? bytes[at + 1] : 0);
  return total % 65535;
}

/** Offset of the transport checksum; undefined if the protocol has none or the packet is too short. */
export function checksumAt(packet: Uint8Array, { protocol, payload }: Layout): number | undefined {
  const at = CHECKSUM_AT[protocol];
  return at === undefined || payload + at + 2 > packet.length ? undefined : payload + at;
}

/** By how much the transport checksum is wrong, modulo 65535: 0 if it is right. */
export function checksumError(packet: Uint8Array, { family, protocol, payload }: Layout): number {
  const length = packet.length - payload;
  const addresses = family === 4 ? sumOf(packet, 12, 20) : sumOf(packet, 8, 40);
  const pseudoHeader = protocol === ICMPV4 ? 0 : addresses + length + protocol;
  return (pseudoHeader + sumOf(packet, payload, packet.length)) % 65535;
}

/** Writes the right transport checksum, if the packet has room for one. */
export function fixTransportChecksum(packet: Uint8Array, layout: Layout): void {
  const at = checksumAt(packet, layout);
  if (at === undefined) return;
  packet[at] = 0;
  packet[at + 1] = 0;
  const value = 65535 - checksumError(packet, layout);
  const field = value === 65535 && layout.protocol !== UDP ? 0 : value;
  packet[at] = field >>> 8;
  packet[at + 1] = field & 0xff;
}

/** Whether the checksum of an IPv4 header is right. */
export function isIPv4HeaderSound(packet: Uint8Array): boolean {
  return sumOf(packet, 0, (packet[0] & 15) * 4) === 0;
}
