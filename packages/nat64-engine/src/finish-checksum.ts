import { set16 } from "@nat64/rfc6052/bytes";
import { type PacketBatch, VirtioFlag } from "./batch.ts";
import { negate, sumOf } from "./packet/checksum.ts";
import { Udp } from "./packet/udp.ts";

/**
 * Completes, in place, the checksum of a packet whose slot has {@link VirtioFlag.needsChecksum}: for a packet that is not sent
 * through a device which does that. Does nothing for other slots. Not for super-packets.
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
