import type { PacketBatch } from "@nat64/nat64-engine";

/**
 * Bytes of the packets that a slot of `length` bytes stands for, which is what a bandwidth limit counts: each segment of a
 * super-packet has headers of its own once it is cut.
 */
export function bytesInPackets(batch: PacketBatch, slot: number, length: number): number {
  const size = batch.gsoSize[slot];
  if (size === 0) return length;
  const headers = batch.headerLength[slot];
  return length + (Math.ceil((length - headers) / size) - 1) * headers;
}
