import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { TunError } from "./errors.ts";

/** A thread of the addon that helps to write; it ends when nothing refers to this any more. */
export interface NativeWriteHelper {
  readonly native: unique symbol;
}

/** The functions of the addon (`native/bind_*.c`). What the system refuses comes back as a negative errno. */
export interface NativeAddon {
  tunOpen(name: string, options: number, offloadLevel: number, result: Int32Array): string | undefined;
  tunRead(
    fd: number,
    hasVnetHeader: number,
    counters: Float64Array,
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
    reserve: number,
    headroom: number,
    merge: number,
  ): number;
  tunWrite(
    fd: number,
    hasVnetHeader: number,
    counters: Float64Array,
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
    count: number,
    helper: NativeWriteHelper | undefined,
  ): number;
  writeHelperStart(result: Int32Array): NativeWriteHelper | undefined;
  udpOpen(
    address: Uint8Array,
    port: number,
    merge: number,
    receiveBuffer: number,
    sendBuffer: number,
    result: Int32Array,
  ): undefined;
  udpReceive(
    fd: number,
    counters: Float64Array,
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
    address: Int32Array,
    port: Uint16Array,
    reserve: number,
    headroom: number,
    merge: number,
  ): number;
  udpSend(
    fd: number,
    counters: Float64Array,
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
    address: Int32Array,
    port: Uint16Array,
    count: number,
  ): number;
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
  waitReady(
    fds: Int32Array,
    events: Int32Array,
    ready: Int32Array,
    timeoutMilliseconds: number,
    spinMicroseconds: number,
  ): number;
  eventFdOpen(): number;
  eventFdNotify(fd: number): number;
  eventFdClear(fd: number): number;
  closeFd(fd: number): number;
  mapFile(path: string, size: number, result: Int32Array): ArrayBuffer | undefined;
  unixSend(path: string, text: string): number;
}

let loaded: NativeAddon | undefined;

/**
 * The addon, loaded on first use so that the package can be imported anywhere.
 * Throws {@link TunError} `ERR_TUN_PLATFORM` or `ERR_TUN_ADDON`.
 */
export function native(): NativeAddon {
  loaded ??= load();
  return loaded;
}

function load(): NativeAddon {
  if (process.platform !== "linux") {
    throw new TunError("ERR_TUN_PLATFORM", `TUN devices are for Linux alone; this is ${process.platform}`);
  }
  // Beside this file in dist and in bundles; ../dist when the sources run as they are.
  const candidates = ["./tun.node", "../dist/tun.node"].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new TunError(
      "ERR_TUN_ADDON",
      'the addon of @nat64/tun is not compiled: install gcc, then run "npm rebuild @nat64/tun" (or the build in the repository)',
    );
  }
  try {
    return createRequire(import.meta.url)(path) as NativeAddon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TunError(
      "ERR_TUN_ADDON",
      `the addon of @nat64/tun does not load here (${reason}); compile it on this machine with "npm rebuild @nat64/tun"`,
      undefined,
      { cause },
    );
  }
}
