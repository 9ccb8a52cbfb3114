import { addon } from "../addon/load.ts";
import type { PacketBatch } from "./batch.ts";

interface CutFunctions {
  packetCut(
    block: Uint32Array,
    bytes: Uint8Array,
    slot: number,
    targetBlock: Uint32Array,
    targetBytes: Uint8Array,
  ): number;
}

/**
 * Cuts the super-packet of a slot (IPv6, of TCP or UDP) into packets with finished checksums, for receivers that take only
 * packets that fit the path. Each gets an equal share of the target's bytes; packets without a slot in the target are left out.
 *
 * @returns how many packets are in `target` now; 0 when the slot holds no such super-packet, or one does not fit its share
 * @throws TypeError when one of them is not a `PacketBatch`
 */
export function cutPacket(batch: PacketBatch, slot: number, target: PacketBatch): number {
  const { packetCut } = addon<CutFunctions>();
  target.count = packetCut(batch.block, batch.bytes, slot, target.block, target.bytes);
  return target.count;
}
