export * from "./batch.ts";
export type { TunCounters } from "./counters.ts";
export { cutPacket } from "./cut.ts";
export * from "./datagram-batch.ts";
export { TunError, type TunErrorCode } from "./errors.ts";
export { borrowEventFd, type EventFd, openEventFd } from "./event-fd.ts";
export { mapFile } from "./map-file.ts";
export { borrowTun, openTun, type TunHandle, type TunOffloadLevel, type TunOffloads, type TunOptions } from "./open.ts";
export { MAX_POLL_FDS, POLL_ERROR, POLL_HANGUP, POLL_IN, POLL_INVALID, POLL_OUT, Poller } from "./poller.ts";
export { DEFAULT_HEADROOM, type ReadOptions, type Tun } from "./tun.ts";
export {
  borrowUdpSocket,
  openUdpSocket,
  type UdpHandle,
  type UdpOptions,
  type UdpSocket,
} from "./udp-socket.ts";
export { sendUnixDatagram } from "./unix-datagram.ts";
export { WriteHelper } from "./write-helper.ts";
