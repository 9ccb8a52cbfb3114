/** Our own TCP segments to a client, without data and with the address of the other end. */
import { set16, set32 } from "@nat64/rfc6052/bytes";
import { fold, negate, sumOf, sumOfAddresses6 } from "../packet/checksum.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { Protocol } from "../packet/packet.ts";
import { TCP_HEADER, Tcp } from "../packet/tcp.ts";
import { writeIPv6Header } from "./ipv6-header.ts";
import { OWN_HOP_LIMIT } from "./own-errors.ts";

/** Bytes of such a segment, including the IPv6 header. */
export const OWN_TCP_LENGTH: number = IPV6_HEADER + TCP_HEADER;

/**
 * Writes a segment with the given flags and sequence number, all other numbers zero. With ACK and sequence number 0 it
 * is the probe of RFC 6146 §3.5.2.2: a host that still has the connection answers it.
 *
 * @param ports source port in the upper 16 bits, destination port in the lower
 */
export function writeOwnTcp(
  bytes: Uint8Array,
  at: number,
  source: Int32Array,
  destination: Int32Array,
  ports: number,
  flags: number,
  sequence: number,
): void {
  const tcp = at + IPV6_HEADER;
  bytes.fill(0, tcp, tcp + TCP_HEADER);
  set32(bytes, tcp + Tcp.sourcePort, ports);
  set32(bytes, tcp + Tcp.sequence, sequence);
  bytes[tcp + Tcp.dataOffset] = (TCP_HEADER >>> 2) << 4;
  bytes[tcp + Tcp.flags] = flags;
  writeIPv6Header(bytes, at, 0, TCP_HEADER, Protocol.tcp, OWN_HOP_LIMIT, source, destination);
  const pseudo = sumOfAddresses6(source, destination) + TCP_HEADER + Protocol.tcp;
  set16(bytes, tcp + Tcp.checksum, negate(fold(pseudo + sumOf(bytes, tcp, tcp + TCP_HEADER))));
}
