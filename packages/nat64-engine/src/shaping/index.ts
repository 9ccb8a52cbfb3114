/**
 * Bandwidth limits: packets wait in fair queues (RFC 8290), with CoDel (RFC 8289) in each. Sans-IO: packets and time in, packets
 * to send out.
 */

export { type DailyLimits, DailyShares, type SavedShares, SHARE_CELLS } from "../limits/daily-shares.ts";
export { ByteBucket } from "./byte-bucket.ts";
export { ClientOwner, type PacketOwner } from "./packet-owner.ts";
export { QUEUE_BLOCK } from "./packet-store.ts";
export { PairOwner } from "./pair-owner.ts";
export { Shaper, type ShaperCounters, type ShaperOptions, type ShaperSettings } from "./shaper.ts";
export { bytesInPackets } from "./super-packet.ts";
