/** Batches over bytes that somebody else has, and moving a slot's description inside of one. */
import type { PacketBatch } from "@nat64/nat64-engine";
import type { DatagramBatch } from "@nat64/tun";

/** A batch of datagrams over `bytes`. */
export function createDatagramBatchOver(bytes: Uint8Array, capacity: number): DatagramBatch {
  return {
    bytes,
    capacity,
    count: 0,
    offset: new Uint32Array(capacity),
    length: new Uint32Array(capacity),
    segmentSize: new Uint16Array(capacity),
    address: new Uint8Array(4 * capacity),
    port: new Uint16Array(capacity),
  };
}

/** Describes in slot `to` the packet of slot `from`. */
export function moveSlot(batch: PacketBatch, from: number, to: number): void {
  batch.offset[to] = batch.offset[from];
  batch.length[to] = batch.length[from];
  batch.flags[to] = batch.flags[from];
  batch.gsoType[to] = batch.gsoType[from];
  batch.gsoSize[to] = batch.gsoSize[from];
  batch.headerLength[to] = batch.headerLength[from];
  batch.checksumStart[to] = batch.checksumStart[from];
  batch.checksumOffset[to] = batch.checksumOffset[from];
}
