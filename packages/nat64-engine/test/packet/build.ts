/**
 * Packets for tests, and a judge of their checksums. Written without the code under test: slow, plain, and from the
 * RFCs' own description.
 */
import { bytesOf, parseIPv4, parseIPv6 } from "@nat64/rfc6052";

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** Bytes from hexadecimal; blanks, line ends and `|` are for the eye. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/[\s|]/g, "");
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

export function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function u16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

/** `length` bytes that differ from each other. */
export function filler(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + 13) & 0xff);
}

/** The sum of 16-bit words modulo 65535; zero when a checksum that is among them is right (RFC 1071). */
export function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i += 2) total += bytes[i] * 256 + (bytes[i + 1] ?? 0);
  return total % 65535;
}

/** A text address of either family as bytes. */
export function address(text: string): Uint8Array {
  if (!text.includes(":")) return Uint8Array.from(u32(parseIPv4(text)));
  return bytesOf(parseIPv6(text));
}

export interface IPv4Fields {
  readonly source?: string;
  readonly destination?: string;
  readonly tos?: number;
  readonly id?: number;
  readonly df?: boolean;
  readonly mf?: boolean;
  /** In bytes. */
  readonly offset?: number;
  readonly ttl?: number;
  readonly protocol: number;
  readonly options?: Uint8Array;
  /** Total Length, when it is to be a lie. */
  readonly length?: number;
  readonly payload: Uint8Array;
}

export function ipv4(fields: IPv4Fields): Uint8Array {
  const options = fields.options ?? new Uint8Array(0);
  const headerLength = 20 + options.length;
  const flags = (fields.df ? 0x4000 : 0) | (fields.mf ? 0x2000 : 0) | ((fields.offset ?? 0) / 8);
  const header = concat(
    [0x40 | (headerLength / 4), fields.tos ?? 0],
    u16(fields.length ?? headerLength + fields.payload.length),
    u16(fields.id ?? 0),
    u16(flags),
    [fields.ttl ?? 64, fields.protocol, 0, 0],
    address(fields.source ?? "192.0.2.1"),
    address(fields.destination ?? "198.51.100.2"),
    options,
  );
  header.set(u16(65535 - sum(header)), 10);
  return concat(header, fields.payload);
}

export interface IPv6Fields {
  readonly source?: string;
  readonly destination?: string;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
  readonly hopLimit?: number;
  readonly protocol: number;
  /** Whole extension headers with their type; the Next Header field of each is filled in. */
  readonly extensions?: readonly (readonly [type: number, bytes: Uint8Array])[];
  /** Payload Length, when it is to be a lie. */
  readonly length?: number;
  readonly payload: Uint8Array;
}

export function ipv6(fields: IPv6Fields): Uint8Array {
  const extensions = fields.extensions ?? [];
  const types = [...extensions.map(([type]) => type), fields.protocol];
  const chain = concat(...extensions.map(([, bytes], i) => concat([types[i + 1]], bytes.subarray(1))));
  return concat(
    u32((6 << 28) | ((fields.trafficClass ?? 0) << 20) | (fields.flowLabel ?? 0)),
    u16(fields.length ?? chain.length + fields.payload.length),
    [types[0], fields.hopLimit ?? 64],
    address(fields.source ?? "2001:db8:64::192.0.2.1"),
    address(fields.destination ?? "2001:db8:64::198.51.100.2"),
    chain,
    fields.payload,
  );
}

/** A Fragment header for {@link ipv6}; `offset` in bytes. */
export function fragment(offset: number, more: boolean, id: number): readonly [number, Uint8Array] {
  return [44, concat([0, 0], u16(offset | (more ? 1 : 0)), u32(id))];
}

export function tcp(sourcePort: number, destinationPort: number, data: Uint8Array, options?: Uint8Array): Uint8Array {
  const more = options ?? new Uint8Array(0);
  const offset = ((20 + more.length) / 4) << 4;
  const fixed = concat(u16(sourcePort), u16(destinationPort), u32(0x01020304), u32(0x05060708), [offset, 0x18]);
  return concat(fixed, u16(0x2000), [0, 0, 0, 0], more, data);
}

export function udp(sourcePort: number, destinationPort: number, data: Uint8Array, length?: number): Uint8Array {
  return concat(u16(sourcePort), u16(destinationPort), u16(length ?? 8 + data.length), [0, 0], data);
}

export function icmp(type: number, code: number, rest: readonly number[], data: Uint8Array): Uint8Array {
  return concat([type, code, 0, 0], rest, data);
}

/** Where the parts of a packet are, found by walking it. */
export function layout(packet: Uint8Array): { family: number; protocol: number; transport: number; isLater: boolean } {
  if (packet[0] >>> 4 === 4) {
    const isLater = ((packet[6] << 8) | packet[7]) % 0x2000 !== 0;
    return { family: 4, protocol: packet[9], transport: (packet[0] & 15) * 4, isLater };
  }
  let protocol = packet[6];
  let transport = 40;
  let isLater = false;
  while ([0, 43, 44, 60].includes(protocol)) {
    if (protocol === 44) isLater = ((packet[transport + 2] << 8) | packet[transport + 3]) >>> 3 !== 0;
    const length = protocol === 44 ? 8 : 8 + packet[transport + 1] * 8;
    protocol = packet[transport];
    transport += length;
  }
  return { family: 6, protocol, transport, isLater };
}

const CHECKSUM_OFFSET: Readonly<Record<number, number>> = { 1: 2, 6: 16, 17: 6, 58: 2 };

/** Offset of the transport checksum field in the packet. */
export function checksumAt(packet: Uint8Array): number {
  const { protocol, transport } = layout(packet);
  return transport + CHECKSUM_OFFSET[protocol];
}

/** The pseudo-header of the packet's family and protocol (RFC 8200 §8.1, RFC 9293 §3.1); none for ICMPv4. */
export function pseudoHeader(packet: Uint8Array): Uint8Array {
  const { family, protocol, transport } = layout(packet);
  if (protocol === PROTOCOL.icmp) return new Uint8Array(0);
  const declared = family === 4 ? packet[2] * 256 + packet[3] : 40 + packet[4] * 256 + packet[5];
  const length = protocol === PROTOCOL.udp ? packet[transport + 4] * 256 + packet[transport + 5] : declared - transport;
  const addresses = family === 4 ? packet.subarray(12, 20) : packet.subarray(8, 40);
  return concat(addresses, u32(length), u32(protocol));
}

/** How far the transport checksum is off, modulo 65535: 0 when it is right. */
export function checksumError(packet: Uint8Array): number {
  const { protocol, transport } = layout(packet);
  const end =
    protocol === PROTOCOL.udp ? transport + packet[transport + 4] * 256 + packet[transport + 5] : packet.length;
  return (sum(pseudoHeader(packet)) + sum(packet.subarray(transport, end))) % 65535;
}

/** How far the partial checksum (the uncomplemented pseudo-header sum) is off, modulo 65535. */
export function partialError(packet: Uint8Array): number {
  const at = checksumAt(packet);
  return (packet[at] * 256 + packet[at + 1] - sum(pseudoHeader(packet)) + 65535) % 65535;
}

/** The same packet with a right transport checksum, plus `error`. */
export function withChecksum(packet: Uint8Array, error = 0): Uint8Array {
  const copy = packet.slice();
  const { protocol, transport } = layout(copy);
  const at = checksumAt(copy);
  copy.set([0, 0], at);
  // The complement of a sum is 0xffff only if all bytes are zero, except for UDP, where 0 means "no checksum".
  const zero = protocol === PROTOCOL.udp || copy.subarray(transport).every((byte) => byte === 0) ? 65535 : 0;
  copy.set(u16((2 * 65535 + error - checksumError(copy)) % 65535 || zero), at);
  return copy;
}

/** The same packet with a partial checksum, plus `error`. */
export function withPartialChecksum(packet: Uint8Array, error = 0): Uint8Array {
  const copy = packet.slice();
  copy.set(u16((sum(pseudoHeader(copy)) + error) % 65535), checksumAt(copy));
  return copy;
}
