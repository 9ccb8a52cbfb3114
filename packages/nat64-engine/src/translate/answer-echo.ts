import { difference } from "../packet/checksum.ts";
import { Icmpv4Type } from "../packet/icmpv4.ts";
import { Icmpv6Type } from "../packet/icmpv6.ts";
import { IPV4_HEADER } from "../packet/ipv4.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { type Packet, Protocol } from "../packet/packet.ts";
import { completeChecksum } from "./complete-checksum.ts";
import { writeIPv4Header } from "./ipv4-header.ts";
import { writeIPv6Header } from "./ipv6-header.ts";
import { OWN_HOP_LIMIT } from "./own-errors.ts";
import { rewriteEcho } from "./transport.ts";

/** Whether the current packet is an unfragmented Echo Request. */
export function isEchoRequest(packet: Packet): boolean {
  const { family, protocol, icmpType, isFragment } = packet.outer;
  if (isFragment !== 0) return false;
  return family === 6
    ? protocol === Protocol.icmpv6 && icmpType === Icmpv6Type.echoRequest
    : protocol === Protocol.icmp && icmpType === Icmpv4Type.echoRequest;
}

/**
 * Turns the current Echo Request into its Echo Reply, in place (RFC 4443 §4.2, RFC 1122 §3.2.2.6): same data, swapped addresses,
 * no extension headers or options. A wrong checksum stays wrong. Sets `packet.outOffset` and
 * `packet.outLength`.
 *
 * @param identification of the IPv4 header
 */
export function answerEcho(bytes: Uint8Array, packet: Packet, identification: number): void {
  const outer = packet.outer;
  const { source, destination, sourcePort } = outer.tuple;
  const at = outer.transport;
  const payload = outer.offset + outer.length - at;
  const isIPv6 = outer.family === 6;
  const header = isIPv6 ? IPV6_HEADER : IPV4_HEADER;
  if (packet.partialChecksum) completeChecksum(bytes, at, at + payload, outer.protocol);
  packet.partialChecksum = false;
  // Swapping the addresses does not change the sum.
  rewriteEcho(bytes, at, isIPv6 ? Icmpv6Type.echoReply : Icmpv4Type.echoReply, sourcePort, difference(0, 0));
  packet.outOffset = at - header;
  packet.outLength = header + payload;
  if (isIPv6) {
    writeIPv6Header(
      bytes,
      at - header,
      outer.trafficClass,
      payload,
      outer.protocol,
      OWN_HOP_LIMIT,
      destination,
      source,
    );
  } else {
    writeIPv4Header(
      bytes,
      at - header,
      outer.trafficClass,
      header + payload,
      identification,
      0,
      OWN_HOP_LIMIT,
      outer.protocol,
      destination[0],
      source[0],
    );
  }
}
