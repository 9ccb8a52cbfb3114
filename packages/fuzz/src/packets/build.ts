/** Builds packets for seeds. Checksums and lengths are filled in by {@link repairPacket}. */
import { bytesOf, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { repairPacket } from "./repair.ts";

/** Protocol numbers. */
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, fragment: 44, icmpv6: 58, options: 60 } as const;

type Bytes = Uint8Array | readonly number[];

/** All parts, one after the other. */
export function concat(...parts: readonly Bytes[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** A 16-bit number as bytes. */
export function u16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

/** A 32-bit number as bytes. */
export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

/** `length` bytes that differ from each other. */
export function filler(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + 13) & 0xff);
}

/** The bytes of an IPv4 or IPv6 address. */
export function address(text: string): Uint8Array {
  return text.includes(":") ? bytesOf(parseIPv6(text)) : Uint8Array.from(u32(parseIPv4(text)));
}

/** Fields of a packet that are not the same in all seeds. */
export interface PacketFields {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly payload: Uint8Array;
  /** Of IPv4: flags and fragment offset. Default: Don't Fragment. */
  readonly fragment?: number;
  /** Of IPv4: options, a multiple of four bytes. */
  readonly options?: Uint8Array;
  /** Of IPv6: extension headers, whose first bytes are filled in. */
  readonly extensions?: readonly (readonly [type: number, bytes: Uint8Array])[];
}

/** An IPv4 packet with right checksums. */
export function ipv4({ source, destination, protocol, payload, fragment, options }: PacketFields): Uint8Array {
  const more = options ?? new Uint8Array(0);
  const start = [0x45 + more.length / 4, 0, 0, 0, 0x12, 0x34, ...u16(fragment ?? 0x4000), 64, protocol, 0, 0];
  const packet = concat(start, address(source), address(destination), more, payload);
  repairPacket(packet);
  return packet;
}

/** An IPv6 packet with a right checksum. */
export function ipv6({ source, destination, protocol, payload, extensions = [] }: PacketFields): Uint8Array {
  const types = [...extensions.map(([type]) => type), protocol];
  const chain = extensions.map(([, bytes], i) => concat([types[i + 1]], bytes.subarray(1)));
  const start = [0x60, 0, 0, 0, 0, 0, types[0], 64];
  const packet = concat(start, address(source), address(destination), ...chain, payload);
  repairPacket(packet);
  return packet;
}

/** The Fragment header. `offset` in bytes. */
export function fragmentHeader(offset: number, more: boolean, id: number): readonly [number, Uint8Array] {
  return [PROTOCOL.fragment, concat([0, 0], u16(offset | (more ? 1 : 0)), u32(id))];
}

/** A TCP segment. `flags` as in the header. */
export function tcp(source: number, destination: number, flags: number, data: Uint8Array = filler(4)): Uint8Array {
  const options = (flags & 2) !== 0 ? [2, 4, 5, 0xb4] : [];
  const fixed = [...u16(source), ...u16(destination), ...u32(0x01020304), ...u32(0x05060708)];
  return concat(fixed, [(5 + options.length / 4) << 4, flags, 0x20, 0, 0, 0, 0, 0], options, data);
}

/** A UDP datagram. */
export function udp(source: number, destination: number, data: Uint8Array = filler(9)): Uint8Array {
  return concat(u16(source), u16(destination), u16(8 + data.length), [0, 0], data);
}

/** An ICMP message. */
export function icmp(type: number, code: number, rest: readonly number[], data: Uint8Array): Uint8Array {
  return concat([type, code, 0, 0], rest, data);
}
