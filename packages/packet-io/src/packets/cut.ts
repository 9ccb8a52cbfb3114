import { addon } from "../addon/load.ts";
import type { PacketBatch } from "./batch.ts";

interface CutFunctions {
  packetCut(
    capacity: number,
    bytes: Uint8Array,
    offset: Uint32Array,
    length: Uint32Array,
    flags: Uint8Array,
    gsoType: Uint8Array,
    gsoSize: Uint16Array,
    headerLength: Uint16Array,
    checksumStart: Uint16Array,
    checksumOffset: Uint16Array,
    slot: number,
    targetCapacity: number,
    targetBytes: Uint8Array,
    targetOffset: Uint32Array,
    targetLength: Uint32Array,
    targetFlags: Uint8Array,
    targetGsoType: Uint8Array,
    targetGsoSize: Uint16Array,
    targetHeaderLength: Uint16Array,
    targetChecksumStart: Uint16Array,
    targetChecksumOffset: Uint16Array,
  ): number;
}

/**
 * Cuts the super-packet of a slot (IPv6, of TCP or UDP) into packets with finished checksums, for those who can take only
 * packets that fit the way. Each gets an equal share of the target's bytes; what the target has no slots for is left out.
 *
 * @returns how many packets are in `target` now; 0 when the slot holds no such super-packet, or one does not fit its share
 * @throws TypeError when a batch as a whole is wrong
 */
export function cutPacket(batch: PacketBatch, slot: number, target: PacketBatch): number {
  target.count = addon<CutFunctions>().packetCut(
    batch.capacity,
    batch.bytes,
    batch.offset,
    batch.length,
    batch.flags,
    batch.gsoType,
    batch.gsoSize,
    batch.headerLength,
    batch.checksumStart,
    batch.checksumOffset,
    slot,
    target.capacity,
    target.bytes,
    target.offset,
    target.length,
    target.flags,
    target.gsoType,
    target.gsoSize,
    target.headerLength,
    target.checksumStart,
    target.checksumOffset,
  );
  return target.count;
}
