/** Batches of IP packets and of datagrams, and what is done to their packets in memory. */
export {
  copySlot,
  createPacketBatch,
  MAX_PACKET_LENGTH,
  moveSlot,
  type PacketBatch,
  type PacketBatchSize,
  READ_ROOM,
} from "./batch.ts";
export { cutPacket } from "./cut.ts";
export { createDatagramBatch, type DatagramBatch, MAX_SEGMENTS, MESSAGE_ROOM } from "./datagram-batch.ts";
export * from "./offloads.ts";
export * from "./read-options.ts";
