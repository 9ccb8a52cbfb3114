/** Batches of IP packets and of datagrams, and what is done to their packets in memory. */
export * from "./batch.ts";
export { cutPacket } from "./cut.ts";
export * from "./datagram-batch.ts";
export * from "./offloads.ts";
export * from "./read-options.ts";
