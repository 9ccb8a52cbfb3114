import { type IpHeader, type Packet, Protocol } from "./packet.ts";
import { tcpHeaderLength } from "./tcp.ts";
import { UDP_HEADER } from "./udp.ts";

/** Bytes of the transport header that each segment of a super-packet gets. */
export function segmentHeaderLength(bytes: Uint8Array, header: IpHeader): number {
  return header.protocol === Protocol.tcp ? tcpHeaderLength(bytes, header.transport) : UDP_HEADER;
}

/** Number of segments of a super-packet; 1 for an ordinary packet. */
export function segmentsOf(bytes: Uint8Array, packet: Packet): number {
  const { outer, segmentSize } = packet;
  if (segmentSize === 0) return 1;
  const payload = outer.offset + outer.length - outer.transport - segmentHeaderLength(bytes, outer);
  return Math.max(1, ((payload + segmentSize - 1) / segmentSize) | 0);
}
