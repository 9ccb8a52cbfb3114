/**
 * IPv6 to IPv6, in place: addresses, ports and hop limit change. Extension headers other than the Fragment header disappear, as
 * they do on the way to IPv4 (RFC 7915 §5.1). For packets to the binding of another client (hairpinning, RFC 6146 §3.8), and for
 * packets to and from peer exits.
 *
 * Before: `packet` is classified, `outer.target` (for errors also `inner.target`) is set, and the hop limit is more than 1. After: `packet.outOffset` and `packet.outLength` tell where the packet is.
 */

import { get32, set16, set32 } from "@nat64/rfc6052/bytes";
import { Reason } from "../drop-reasons.ts";
import { difference, sumOfAddresses6 } from "../packet/checksum.ts";
import { FRAGMENT_HEADER, Fragment } from "../packet/fragment-header.ts";
import { Icmpv6Field, Icmpv6Type } from "../packet/icmpv6.ts";
import { ExtensionHeader, IPV6_HEADER, IPv6 } from "../packet/ipv6.ts";
import { setAddress6 } from "../packet/ipv6-address.ts";
import { type IpHeader, type Packet, Protocol } from "../packet/packet.ts";
import { completeChecksum } from "./complete-checksum.ts";
import { errorSum, icmpv6PseudoSum, writeErrorChecksum } from "./icmp-error.ts";
import { loopedMtu } from "./icmp-parameter.ts";
import type { TranslateSettings } from "./settings.ts";
import { newIdentifier, rewriteEcho, rewriteTransport } from "./transport.ts";

/** Rewrites the current packet. Returns 0: it cannot fail. */
export function sixToSix(bytes: Uint8Array, packet: Packet, settings: TranslateSettings): Reason {
  const outer = packet.outer;
  if (packet.partialChecksum && outer.protocol === Protocol.icmpv6) {
    completeChecksum(bytes, outer.transport, outer.offset + outer.length, Protocol.icmpv6);
    packet.partialChecksum = false;
  }
  if (packet.isIcmpError) {
    const icmp = outer.transport;
    const length = outer.offset + outer.length - icmp;
    const wanted = errorSum(bytes, icmp, length, icmpv6PseudoSum(outer.tuple, length));
    rewriteUpper(bytes, packet.inner, false);
    rewriteAddresses(bytes, packet.inner, packet.inner.offset);
    if (outer.icmpType === Icmpv6Type.packetTooBig) {
      const at = icmp + Icmpv6Field.mtu;
      const mtuIPv6 = packet.pathMtu === 0 ? settings.mtuIPv6 : Math.min(packet.pathMtu, settings.mtuIPv6);
      set32(bytes, at, loopedMtu(get32(bytes, at), mtuIPv6, settings.mtuIPv4));
    }
    writeErrorChecksum(bytes, icmp, length, icmpv6PseudoSum(outer.target, length), wanted);
  } else {
    rewriteUpper(bytes, outer, packet.partialChecksum);
  }
  const start = outer.transport - keptHeaders6(outer);
  if (start !== outer.offset) dropExtensionHeaders(bytes, outer, start);
  rewriteAddresses(bytes, outer, start);
  if (outer.newIdentification !== 0) {
    set32(bytes, outer.fragmentHeader + Fragment.identification, outer.newIdentification);
  }
  bytes[start + IPv6.hopLimit] = outer.hopLimit - 1;
  packet.outOffset = start;
  packet.outLength = outer.offset + outer.length - start;
  return Reason.none;
}

/** Bytes of the IP headers that a packet from IPv6 to IPv6 leaves with. */
export function keptHeaders6(header: IpHeader): number {
  return header.fragmentHeader === 0 ? IPV6_HEADER : IPV6_HEADER + FRAGMENT_HEADER;
}

/** Moves the IPv6 header to `start`, in front of the Fragment header (always the last one) or of the upper layer. */
function dropExtensionHeaders(bytes: Uint8Array, header: IpHeader, start: number): void {
  bytes.copyWithin(start, header.offset, header.offset + IPV6_HEADER);
  set16(bytes, start + IPv6.payloadLength, header.offset + header.length - start - IPV6_HEADER);
  bytes[start + IPv6.nextHeader] = header.fragmentHeader === 0 ? header.protocol : ExtensionHeader.fragment;
}

/** Writes the addresses into the IPv6 header at `at`. */
function rewriteAddresses(bytes: Uint8Array, header: IpHeader, at: number): void {
  setAddress6(bytes, at + IPv6.source, header.target.source);
  setAddress6(bytes, at + IPv6.destination, header.target.destination);
}

function rewriteUpper(bytes: Uint8Array, header: IpHeader, partial: boolean): void {
  if (header.fragmentOffset !== 0) return;
  const { tuple, target, protocol, transport: at } = header;
  const before = sumOfAddresses6(tuple.source, tuple.destination);
  const pseudo = difference(before, sumOfAddresses6(target.source, target.destination));
  if (protocol === Protocol.icmpv6) {
    rewriteEcho(bytes, at, header.icmpType, newIdentifier(tuple, target), pseudo);
  } else if (protocol === Protocol.tcp || protocol === Protocol.udp) {
    rewriteTransport(bytes, at, header.offset + header.available - at, protocol, tuple, target, pseudo, partial);
  }
}
