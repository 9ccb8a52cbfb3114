import { set16, set32 } from "../packet/bytes.ts";
import { fold, negate, sumOf, sumOfAddresses6 } from "../packet/checksum.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { Protocol, TcpFlag } from "../packet/packet.ts";
import { Tcp } from "../packet/tcp.ts";
import { writeIPv6Header } from "./ipv6-header.ts";
import { OWN_HOP_LIMIT } from "./own-errors.ts";

const TCP_HEADER = 20;

/** Bytes of a probe. */
export const TCP_PROBE_LENGTH: number = IPV6_HEADER + TCP_HEADER;

/**
 * Writes a TCP segment without data, numbers zero, only ACK set: whoever still has the connection answers it
 * (RFC 6146 §3.5.2.2).
 *
 * @param ports source port in the upper 16 bits, destination port in the lower
 */
export function writeTcpProbe(
  bytes: Uint8Array,
  at: number,
  source: Int32Array,
  destination: Int32Array,
  ports: number,
): void {
  const tcp = at + IPV6_HEADER;
  bytes.fill(0, tcp, tcp + TCP_HEADER);
  set32(bytes, tcp + Tcp.sourcePort, ports);
  bytes[tcp + Tcp.dataOffset] = (TCP_HEADER >>> 2) << 4;
  bytes[tcp + Tcp.flags] = TcpFlag.ack;
  writeIPv6Header(bytes, at, 0, TCP_HEADER, Protocol.tcp, OWN_HOP_LIMIT, source, destination);
  const pseudo = sumOfAddresses6(source, destination) + TCP_HEADER + Protocol.tcp;
  set16(bytes, tcp + Tcp.checksum, negate(fold(pseudo + sumOf(bytes, tcp, tcp + TCP_HEADER))));
}
