import { set16 } from "@nat64/rfc6052/bytes";
import { type PacketBatch, VirtioFlag } from "./batch.ts";
import { negate, sumOf } from "./packet/checksum.ts";
import { Udp } from "./packet/udp.ts";

/**
 * Finishes the checksum of a packet whose slot says that its field holds the pseudo-header's sum only
 * ({@link VirtioFlag.needsChecksum}), in place: for whoever takes a packet out of a batch to send it elsewhere than to
 * a device that would do it. Does nothing for other slots; makes no sense for super-packets.
 */
export function finishChecksum(batch: PacketBatch, slot: number): void {
  if ((batch.flags[slot] & VirtioFlag.needsChecksum) === 0) return;
  const { bytes } = batch;
  const start = batch.offset[slot] + batch.checksumStart[slot];
  const field = negate(sumOf(bytes, start, batch.offset[slot] + batch.length[slot]));
  // RFC 768: a sum of zero is sent as its other form, since zero says that there is none.
  const isUdpZero = field === 0 && batch.checksumOffset[slot] === Udp.checksum;
  set16(bytes, start + batch.checksumOffset[slot], isUdpZero ? 0xffff : field);
  batch.flags[slot] = 0;
}
