import { GsoType } from "@nat64/nat64-engine";
import type { PacketBatch } from "@nat64/packet-io/packets";

/** Bytes of the largest packet that a slot stands for: of a super-packet, of its first segment. */
export function largestPacket(packets: PacketBatch, slot: number): number {
  const length = packets.length[slot];
  if (packets.gsoType[slot] === GsoType.none) return length;
  return Math.min(length, packets.headerLength[slot] + packets.gsoSize[slot]);
}
