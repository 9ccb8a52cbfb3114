/**
 * IPv6 to IPv6, in place: addresses, ports and hop limit change, the headers stay. For packets to the binding of another client
 * (hairpinning, RFC 6146 §3.8), and for packets to and from peer exits.
 *
 * Before: `packet` is classified, `outer.target` (for errors also `inner.target`) is set, and the hop limit is more than 1. After: `packet.outOffset` and `packet.outLength` tell where the packet is.
 */

import { get32, set32 } from "@nat64/rfc6052/bytes";
import { Reason } from "../drop-reasons.ts";
import { difference, sumOfAddresses6 } from "../packet/checksum.ts";
import { Fragment } from "../packet/fragment-header.ts";
import { Icmpv6Field, Icmpv6Type } from "../packet/icmpv6.ts";
import { IPv6 } from "../packet/ipv6.ts";
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
    rewriteAddresses(bytes, packet.inner);
    if (outer.icmpType === Icmpv6Type.packetTooBig) {
      const at = icmp + Icmpv6Field.mtu;
      const mtuIPv6 = packet.pathMtu === 0 ? settings.mtuIPv6 : Math.min(packet.pathMtu, settings.mtuIPv6);
      set32(bytes, at, loopedMtu(get32(bytes, at), mtuIPv6, settings.mtuIPv4));
    }
    writeErrorChecksum(bytes, icmp, length, icmpv6PseudoSum(outer.target, length), wanted);
  } else {
    rewriteUpper(bytes, outer, packet.partialChecksum);
  }
  rewriteAddresses(bytes, outer);
  if (outer.newIdentification !== 0) {
    set32(bytes, outer.fragmentHeader + Fragment.identification, outer.newIdentification);
  }
  bytes[outer.offset + IPv6.hopLimit] = outer.hopLimit - 1;
  packet.outOffset = outer.offset;
  packet.outLength = outer.length;
  return Reason.none;
}

function rewriteAddresses(bytes: Uint8Array, header: IpHeader): void {
  setAddress6(bytes, header.offset + IPv6.source, header.target.source);
  setAddress6(bytes, header.offset + IPv6.destination, header.target.destination);
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
