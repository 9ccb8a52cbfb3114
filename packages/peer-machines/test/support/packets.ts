/** IPv6 packets for tests, written without the code under test. */
import { bytesOf, parseIPv6 } from "@nat64/rfc6052";

/** Offset of the checksum in each upper-layer header. */
const CHECKSUM_OFFSET: Readonly<Record<number, number>> = { 6: 16, 17: 6, 58: 2 };

function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function u16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

/** Four bytes, big-endian. */
export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

/** `length` bytes that differ from each other. */
export function filler(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + 13) & 0xff);
}

/** An IPv6 packet without extension headers. Addresses are text. */
export function ipv6(fields: {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly payload: Uint8Array;
}): Uint8Array {
  const { source, destination, protocol, payload } = fields;
  return concat(
    u32(6 << 28),
    u16(payload.length),
    [protocol, 64],
    bytesOf(parseIPv6(source)),
    bytesOf(parseIPv6(destination)),
    payload,
  );
}

/** A UDP datagram without its checksum. */
export function udp(sourcePort: number, destinationPort: number, data: Uint8Array): Uint8Array {
  return concat(u16(sourcePort), u16(destinationPort), u16(8 + data.length), [0, 0], data);
}

/** An ICMPv6 message without its checksum. @param rest the four bytes after the checksum */
export function icmp(type: number, code: number, rest: readonly number[], data: Uint8Array): Uint8Array {
  return concat([type, code, 0, 0], rest, data);
}

/** The same packet with a correct upper-layer checksum (RFC 8200 §8.1). */
export function withChecksum(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  const at = 40 + CHECKSUM_OFFSET[copy[6]];
  copy.set([0, 0], at);
  const summed = concat(copy.subarray(8, 40), u32(copy.length - 40), u32(copy[6]), copy.subarray(40), [0]);
  let total = 0;
  for (let i = 0; i + 1 < summed.length; i += 2) total += summed[i] * 256 + summed[i + 1];
  copy.set(u16(65_535 - (total % 65_535)), at);
  return copy;
}
