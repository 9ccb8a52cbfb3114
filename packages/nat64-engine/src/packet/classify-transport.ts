/** The upper-layer part of `classify`: ports, Identifiers, and whether the header is complete. */

import { get16 } from "@nat64/rfc6052/bytes";
import type { Reason } from "../drop-reasons.ts";
import {
  BAD_LENGTH,
  FRAGMENT_MALFORMED,
  FRAGMENTED_ERROR,
  NOT_TRANSLATABLE,
  OK,
  TRUNCATED,
} from "./classify-reasons.ts";
import { ICMP_HEADER, Icmp } from "./icmp.ts";
import { isIcmpv4Echo, isIcmpv4Error } from "./icmpv4.ts";
import { isIcmpv6Echo, isIcmpv6Error } from "./icmpv6.ts";
import { type IpHeader, Protocol } from "./packet.ts";
import { TCP_HEADER, Tcp, tcpHeaderLength } from "./tcp.ts";
import { UDP_HEADER, Udp } from "./udp.ts";

/** Bytes of the original payload that every ICMP error quotes (RFC 792): enough for the ports of every protocol. */
const QUOTED = 8;

/** Fills the upper-layer fields of `header`; its IP fields are already set. */
export function classifyTransport(bytes: Uint8Array, header: IpHeader, inside: boolean): Reason {
  const protocol = header.protocol;
  const at = header.transport;
  const there = header.offset + header.available - at;
  const tuple = header.tuple;
  tuple.sourcePort = 0;
  tuple.destinationPort = 0;
  header.newIdentification = 0;
  header.upperSum = -1;
  header.upperLength = header.offset + header.length - at;
  header.tcpFlags = 0;
  header.icmpType = 0;
  header.icmpCode = 0;
  if (protocol === Protocol.icmp || protocol === Protocol.icmpv6) return classifyIcmp(bytes, header, there);
  if (header.fragmentOffset !== 0 || (protocol !== Protocol.tcp && protocol !== Protocol.udp)) return OK;

  if (inside) {
    if (there < QUOTED) return TRUNCATED;
    if (protocol === Protocol.tcp && there > Tcp.flags) header.tcpFlags = bytes[at + Tcp.flags];
  } else {
    const reason =
      protocol === Protocol.tcp ? checkTcp(bytes, at, there) : checkUdp(bytes, at, there, header.isFragment);
    // A first fragment without the complete header is an attack on filters (RFC 1858 §3).
    if (reason !== OK) return header.isFragment === 1 ? FRAGMENT_MALFORMED : reason;
    if (protocol === Protocol.tcp) header.tcpFlags = bytes[at + Tcp.flags];
  }
  tuple.sourcePort = get16(bytes, at + Udp.sourcePort);
  tuple.destinationPort = get16(bytes, at + Udp.destinationPort);
  return OK;
}

function checkTcp(bytes: Uint8Array, at: number, there: number): Reason {
  if (there < TCP_HEADER) return TRUNCATED;
  const length = tcpHeaderLength(bytes, at);
  return length < TCP_HEADER || length > there ? BAD_LENGTH : OK;
}

/** The UDP length may be less than the IP payload (RFC 9868 has options in the surplus), never more. */
function checkUdp(bytes: Uint8Array, at: number, there: number, isFragment: number): Reason {
  if (there < UDP_HEADER) return TRUNCATED;
  const length = get16(bytes, at + Udp.length);
  return length < UDP_HEADER || (length > there && isFragment === 0) ? BAD_LENGTH : OK;
}

function classifyIcmp(bytes: Uint8Array, header: IpHeader, there: number): Reason {
  const at = header.transport;
  if (header.fragmentOffset !== 0) return OK;
  if (there < ICMP_HEADER) return header.isFragment === 1 ? FRAGMENT_MALFORMED : TRUNCATED;
  header.icmpType = bytes[at + Icmp.type];
  header.icmpCode = bytes[at + Icmp.code];
  const isError = isIcmpError(header);
  if (isError) return header.isFragment === 1 ? FRAGMENTED_ERROR : OK;
  const isEcho = header.family === 6 ? isIcmpv6Echo(header.icmpType) : isIcmpv4Echo(header.icmpType);
  if (!isEcho) return NOT_TRANSLATABLE;
  const identifier = get16(bytes, at + Icmp.identifier);
  header.tuple.sourcePort = identifier;
  header.tuple.destinationPort = identifier;
  return OK;
}

/** Whether the header carries an ICMP error that can be translated. */
export function isIcmpError(header: IpHeader): boolean {
  return header.family === 6
    ? header.protocol === Protocol.icmpv6 && isIcmpv6Error(header.icmpType)
    : header.protocol === Protocol.icmp && isIcmpv4Error(header.icmpType);
}
