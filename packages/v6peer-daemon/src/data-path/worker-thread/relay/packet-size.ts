import { GsoType } from "@nat64/nat64-engine";
import type { PacketBatch } from "@nat64/packet-io/packets";

/** Size of the packet in a slot; of a super-packet, the size of its first segment. */
export function largestPacket(packets: PacketBatch, slot: number): number {
  const length = packets.length[slot];
  if (packets.gsoType[slot] === GsoType.none) return length;
  return Math.min(length, packets.headerLength[slot] + packets.gsoSize[slot]);
}
