/**
 * The first step of the pipeline: parses the headers of a packet and checks them.
 *
 * Every packet may be hostile. Nothing is read outside of `offset … offset + available − 1`, nothing is thrown, nothing is
 * allocated, and the walk over extension headers is bounded. Checksums of upper layers are not verified: a translator updates
 * them, and the receiver verifies them (RFC 7915 §4.5, §5.5).
 */
import type { Reason } from "../drop-reasons.ts";
import { classifyIPv4 } from "./classify-ipv4.ts";
import { classifyIPv6 } from "./classify-ipv6.ts";
import {
  ERROR_ABOUT_ERROR,
  INNER_MALFORMED,
  MULTICAST,
  NOT_IP,
  OK,
  SOURCE_ROUTE,
  TRUNCATED,
} from "./classify-reasons.ts";
import { isIcmpError } from "./classify-transport.ts";
import { ICMP_HEADER } from "./icmp.ts";
import { type Packet, Protocol } from "./packet.ts";

/**
 * Fills `packet.outer` and, for an ICMP error, `packet.inner` and `packet.isIcmpError` from the bytes at `offset`.
 *
 * Protocols other than TCP, UDP and ICMP pass with both ports 0 (RFC 7915 §4.1: stateless translators forward them; stateful
 * ones drop them). Later fragments have ports 0, too. For `source-route` the outer header is also filled, so that an error can
 * be sent.
 *
 * @param available bytes of the packet; bytes beyond the length in the IP header are ignored as link padding
 * @returns 0, or why the packet cannot be translated
 */
export function classify(bytes: Uint8Array, offset: number, available: number, packet: Packet): Reason {
  const outer = packet.outer;
  packet.isIcmpError = false;
  packet.faultPointer = 0;
  outer.family = 0;
  if (available < 1) return TRUNCATED;
  const version = bytes[offset] >>> 4;
  const reason =
    version === 6
      ? classifyIPv6(bytes, offset, available, outer, packet, false)
      : version === 4
        ? classifyIPv4(bytes, offset, available, outer, packet, false)
        : NOT_IP;
  if (reason !== OK && reason !== SOURCE_ROUTE) return reason;
  // RFC 7915 §4.2: IGMP is dropped silently.
  if (outer.protocol === Protocol.igmp) return MULTICAST;
  if (outer.fragmentOffset === 0 && isIcmpError(outer)) {
    packet.isIcmpError = true;
    if (reason === OK) return classifyInner(bytes, packet);
  }
  return reason;
}

/** Parses the packet inside an ICMP error: it may be truncated, but the headers that identify it must be present. */
function classifyInner(bytes: Uint8Array, packet: Packet): Reason {
  const outer = packet.outer;
  const inner = packet.inner;
  inner.family = 0;
  const offset = outer.transport + ICMP_HEADER;
  const available = outer.offset + outer.length - offset;
  if (available < 1 || bytes[offset] >>> 4 !== outer.family) return INNER_MALFORMED;
  const reason =
    outer.family === 6
      ? classifyIPv6(bytes, offset, available, inner, packet, true)
      : classifyIPv4(bytes, offset, available, inner, packet, true);
  packet.faultPointer = 0;
  if (reason !== OK) return INNER_MALFORMED;
  return inner.fragmentOffset === 0 && isIcmpError(inner) ? ERROR_ABOUT_ERROR : OK;
}
