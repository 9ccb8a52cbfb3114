import { Protocol } from "../packet/packet.ts";

/** The index of a protocol in the tables. */
export const ProtocolIndex = { tcp: 0, udp: 1, icmp: 2 } as const;

/** Names by {@link ProtocolIndex}. */
export const PROTOCOL_NAMES: readonly ("tcp" | "udp" | "icmp")[] = ["tcp", "udp", "icmp"];

/** The index of an upper-layer protocol, −1 for one without state. */
export function protocolIndex(protocol: number): number {
  if (protocol === Protocol.tcp) return ProtocolIndex.tcp;
  if (protocol === Protocol.udp) return ProtocolIndex.udp;
  return protocol === Protocol.icmpv6 || protocol === Protocol.icmp ? ProtocolIndex.icmp : -1;
}
