/** The client and the flow of an IPv6 packet. */

import { get32 } from "@nat64/rfc6052/bytes";
import type { KeyedHash } from "../hash/keyed-hash.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { Protocol } from "../packet/packet.ts";
import { TEREDO_WORD } from "../packet/teredo-address.ts";

/** Where the client's address is in an IPv6 header: packets from clients have it as source, packets to them as destination. */
export const ClientAt = { source: 8, destination: 24 } as const;

const NEXT_HEADER = 6;

/** ICMPv6 types below this are errors (RFC 4443 §2.1). */
const FIRST_QUERY = 128;

/** Whether a packet belongs to a client with its address at `clientAt`. Teredo addresses belong to IPv4 peers, not to clients. */
export function isOfClient(bytes: Uint8Array, at: number, length: number, clientAt: number): boolean {
  return length >= IPV6_HEADER && bytes[at] >>> 4 === 6 && get32(bytes, at + clientAt) !== TEREDO_WORD;
}

/**
 * A hash of the flow of a packet: the client's host, the selector and the IPv4 address, the protocol and, if they follow the IPv6
 * header directly, the ports.
 */
export function flowOf(bytes: Uint8Array, at: number, length: number, clientAt: number, hash: KeyedHash): number {
  const farAt = clientAt === ClientAt.source ? ClientAt.destination : ClientAt.source;
  const protocol = bytes[at + NEXT_HEADER];
  const hasPorts = (protocol === Protocol.tcp || protocol === Protocol.udp) && length >= IPV6_HEADER + 4;
  const ports = hasPorts ? get32(bytes, at + IPV6_HEADER) : 0;
  return hash.of5(
    get32(bytes, at + clientAt + 8),
    get32(bytes, at + clientAt + 12),
    get32(bytes, at + farAt + 12),
    get32(bytes, at + farAt + 8) ^ (protocol << 24),
    ports,
  );
}

/** Whether an IPv6 packet is an ICMPv6 error. */
export function isError(bytes: Uint8Array, at: number, length: number): boolean {
  return length > IPV6_HEADER && bytes[at + NEXT_HEADER] === Protocol.icmpv6 && bytes[at + IPV6_HEADER] < FIRST_QUERY;
}
