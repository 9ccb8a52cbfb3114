/** TUN devices with offloads and batches. */
export { TunError, type TunErrorCode } from "./errors.ts";
export type { TunHandle, TunOffloads } from "./handle.ts";
export { borrowTun, openTun, type TunOffloadLevel, type TunOptions } from "./open.ts";
export type { Tun } from "./tun.ts";
export { WriteHelper } from "./write-helper.ts";
