/**
 * Bubbles (RFC 4380 §2.8, §5.1.1): IPv6 packets without payload, next header 59, which open NATs.
 *
 * Nothing checks bounds: the caller passes a complete IPv6 header.
 */
import { get16 } from "@nat64/rfc6052/bytes";
import { emitIPv6Header, IPV6_HEADER, IPV6_NEXT_HEADER, IPV6_PAYLOAD_LENGTH, NO_NEXT_HEADER } from "./ipv6.ts";

/** Hop limit of a bubble, as Miredo sends it. */
const HOP_LIMIT = 0;

/** Whether the IPv6 packet at `at` is a bubble. */
export function isBubble(bytes: Uint8Array, at: number): boolean {
  return bytes[at + IPV6_NEXT_HEADER] === NO_NEXT_HEADER && get16(bytes, at + IPV6_PAYLOAD_LENGTH) === 0;
}

/** The forty bytes of a bubble; also the whole UDP payload that carries it. @param source @param destination 16 bytes */
export function makeBubble(source: Uint8Array, destination: Uint8Array): Uint8Array {
  const bubble = new Uint8Array(IPV6_HEADER);
  emitIPv6Header(bubble, 0, 0, NO_NEXT_HEADER, HOP_LIMIT, source, destination);
  return bubble;
}
