/** ICMPv6 Destination Unreachable (RFC 4443 §3.1), code 3: address unreachable. */
import { set16 } from "@nat64/rfc6052/bytes";
import { sumOfIcmpv6 } from "./checksum.ts";
import {
  emitIPv6Header,
  ICMPV6,
  IPV6_DESTINATION,
  IPV6_HEADER,
  IPV6_NEXT_HEADER,
  IPV6_SOURCE,
  isGlobalUnicastIPv6,
  TEREDO_MTU,
} from "./ipv6.ts";

const TYPE = 1;
const CODE = 3;
const HEADER = 8;
const HOP_LIMIT = 64;
/** ICMPv6 types below this are errors (RFC 4443 §2.1). */
const FIRST_QUERY = 128;

/** Whether a packet may be answered with an error (RFC 4443 §2.4 (e)). */
export function mayBeAnswered(packet: Uint8Array): boolean {
  const isError = packet[IPV6_NEXT_HEADER] === ICMPV6 && (packet[IPV6_HEADER] ?? 0) < FIRST_QUERY;
  return !isError && isGlobalUnicastIPv6(packet, IPV6_SOURCE) && packet[IPV6_DESTINATION] !== 0xff;
}

/** Creates the error about `packet`, addressed to its source. @param source 16 bytes */
export function makeAddressUnreachable(source: Uint8Array, packet: Uint8Array): Uint8Array {
  const inner = packet.subarray(0, TEREDO_MTU - IPV6_HEADER - HEADER);
  const out = new Uint8Array(IPV6_HEADER + HEADER + inner.length);
  const length = HEADER + inner.length;
  emitIPv6Header(out, 0, length, ICMPV6, HOP_LIMIT, source, packet.subarray(IPV6_SOURCE, IPV6_DESTINATION));
  out[IPV6_HEADER] = TYPE;
  out[IPV6_HEADER + 1] = CODE;
  out.set(inner, IPV6_HEADER + HEADER);
  set16(out, IPV6_HEADER + 2, ~sumOfIcmpv6(out, 0, length));
  return out;
}
