/** Packets between the client and the server of the engine's tests, and what is read off the answers. */
import { formatIPv4, formatIPv6, parseIPv6 } from "@nat64/rfc6052";
import type { Nat64, Outcome } from "../../src/simple.ts";
import { CLIENT, FLAG, only, POOL, SERVER, SERVER6 } from "../engine/support.ts";
import {
  filler,
  type IPv4Fields,
  type IPv6Fields,
  icmp,
  ipv4,
  ipv6,
  layout,
  PROTOCOL,
  tcp,
  u16,
  udp,
  withChecksum,
} from "../packet/build.ts";

type Fields4 = Partial<Omit<IPv4Fields, "protocol" | "payload">>;
type Fields6 = Partial<Omit<IPv6Fields, "protocol" | "payload">>;

/** An IPv6 packet from the client to the server, its checksum right if the protocol has one. */
export function packet6(protocol: number, payload: Uint8Array, fields: Fields6 = {}): Uint8Array {
  const packet = ipv6({ source: CLIENT, destination: SERVER6, ...fields, protocol, payload });
  return hasChecksum(protocol) && !layout(packet).isLater ? withChecksum(packet) : packet;
}

/** An IPv4 packet from the server to the pool, its checksum right if the protocol has one. */
export function packet4(protocol: number, payload: Uint8Array, fields: Fields4 = {}): Uint8Array {
  const packet = ipv4({ source: SERVER, destination: POOL, ...fields, protocol, payload });
  return hasChecksum(protocol) && !layout(packet).isLater ? withChecksum(packet) : packet;
}

function hasChecksum(protocol: number): boolean {
  return (Object.values(PROTOCOL) as readonly number[]).includes(protocol);
}

export function udp6(sourcePort: number, destinationPort: number, fields?: Fields6, size = 12): Uint8Array {
  return packet6(PROTOCOL.udp, udp(sourcePort, destinationPort, filler(size)), fields);
}

export function udp4(sourcePort: number, destinationPort: number, fields?: Fields4, size = 12): Uint8Array {
  return packet4(PROTOCOL.udp, udp(sourcePort, destinationPort, filler(size)), fields);
}

/** TCP flags by the names of RFC 6146 §3.5.2. */
export type Segment = "SYN" | "SYN ACK" | "ACK" | "FIN" | "RST";

const FLAGS: Readonly<Record<Segment, number>> = {
  SYN: FLAG.syn,
  "SYN ACK": FLAG.syn | FLAG.ack,
  ACK: FLAG.ack,
  FIN: FLAG.fin | FLAG.ack,
  RST: FLAG.rst,
};

function segment(kind: Segment, sourcePort: number, destinationPort: number): Uint8Array {
  const bytes = tcp(sourcePort, destinationPort, new Uint8Array(0));
  bytes[13] = FLAGS[kind];
  return bytes;
}

export function tcp6(kind: Segment, sourcePort: number, destinationPort: number, fields?: Fields6): Uint8Array {
  return packet6(PROTOCOL.tcp, segment(kind, sourcePort, destinationPort), fields);
}

export function tcp4(kind: Segment, sourcePort: number, destinationPort: number, fields?: Fields4): Uint8Array {
  return packet4(PROTOCOL.tcp, segment(kind, sourcePort, destinationPort), fields);
}

/** An Echo Request of the client. */
export function ping6(identifier: number, fields?: Fields6): Uint8Array {
  return packet6(PROTOCOL.icmpv6, icmp(128, 0, [...u16(identifier), 0, 1], filler(8)), fields);
}

/** An Echo Reply, or another ICMP query, of the server. */
export function pong4(identifier: number, fields?: Fields4, type = 0): Uint8Array {
  return packet4(PROTOCOL.icmp, icmp(type, 0, [...u16(identifier), 0, 1], filler(8)), fields);
}

/** An ICMPv4 error about `inside`. */
export function error4(
  type: number,
  code: number,
  inside: Uint8Array,
  fields?: Fields4,
  rest = [0, 0, 0, 0],
): Uint8Array {
  return packet4(PROTOCOL.icmp, icmp(type, code, rest, inside), fields);
}

/** An ICMPv6 error about `inside`. */
export function error6(
  type: number,
  code: number,
  inside: Uint8Array,
  fields?: Fields6,
  rest = [0, 0, 0, 0],
): Uint8Array {
  return packet6(PROTOCOL.icmpv6, icmp(type, code, rest, inside), fields);
}

/** What tests look at in a packet. Addresses are text; ports of ICMP queries are their Identifier. */
export interface Seen {
  readonly family: number;
  readonly source: string;
  readonly destination: string;
  readonly hopLimit: number;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** ICMP type and code, when it is ICMP. */
  readonly icmp: string;
  /** Everything behind the IP headers. */
  readonly upper: Uint8Array;
}

/** Reads a packet. Of the packet inside an ICMP error `upper` may be cut off. */
export function seen(packet: Uint8Array): Seen {
  const { family, protocol, transport } = layout(packet);
  const upper = packet.subarray(transport);
  const isIcmp = protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6;
  const at = (offset: number): number => upper[offset] * 256 + upper[offset + 1];
  return {
    family,
    source: family === 4 ? text4(packet, 12) : text6(packet, 8),
    destination: family === 4 ? text4(packet, 16) : text6(packet, 24),
    hopLimit: packet[family === 4 ? 8 : 7],
    protocol,
    sourcePort: at(isIcmp ? 4 : 0),
    destinationPort: at(isIcmp ? 4 : 2),
    icmp: isIcmp ? `${upper[0]}/${upper[1]}` : "",
    upper,
  };
}

/** The packet inside an ICMP error. */
export function inside(packet: Uint8Array): Seen {
  return seen(seen(packet).upper.subarray(8));
}

/** What becomes of a packet, by the family in its first byte: `seen` of the one packet that comes out. */
export function send(nat64: Nat64, packet: Uint8Array, now = 0): Seen {
  return seen(only(feed(nat64, packet, now)));
}

/** Hands a packet in on the side of its family. */
export function feed(nat64: Nat64, packet: Uint8Array, now = 0): Outcome {
  return packet[0] >>> 4 === 6 ? nat64.fromIPv6(packet, now) : nat64.fromIPv4(packet, now);
}

/** "translated", or the reason of the drop and the type and code of the ICMP error that came of it. */
export function fate(nat64: Nat64, packet: Uint8Array, now = 0): string {
  const { dropped, packets } = feed(nat64, packet, now);
  if (dropped === undefined) return packets.length === 0 ? "held" : "translated";
  return [dropped, ...packets.map((each) => seen(each.packet).icmp)].join(" ");
}

/** An IPv6 address as `seen` writes it. */
export function canonical(address: string): string {
  return formatIPv6(parseIPv6(address));
}

function text4(packet: Uint8Array, at: number): string {
  return formatIPv4(word(packet, at));
}

function text6(packet: Uint8Array, at: number): string {
  return formatIPv6([word(packet, at), word(packet, at + 4), word(packet, at + 8), word(packet, at + 12)]);
}

function word(packet: Uint8Array, at: number): number {
  return (packet[at] << 24) | (packet[at + 1] << 16) | (packet[at + 2] << 8) | packet[at + 3];
}
