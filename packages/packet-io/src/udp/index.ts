/** UDP sockets over IPv4 that move batches, with the kernel's offloads. */
export { DatagramOutbox } from "./datagram-outbox.ts";
export { borrowUdpSocket, openUdpSocket, type UdpOptions } from "./open.ts";
export type { UdpHandle, UdpSocket } from "./udp-socket.ts";
