import { addon, errnoName } from "@nat64/packet-io/addon";
import { TunError } from "./errors.ts";
import type { TunHandle, TunOffloads } from "./handle.ts";
import { Tun } from "./tun.ts";

interface TunOpenFunctions {
  tunOpen(name: string, options: number, offloadLevel: number, result: Int32Array): string | undefined;
}

/** How much to ask for: nothing and no virtio header, checksums, these and TCP, or all including UDP. */
export type TunOffloadLevel = "none" | "checksum" | "tcp" | "all";

/** How to open a TUN device. */
export interface TunOptions {
  /** 1 to 15 letters, digits, `.`, `_`, `-`. Left out, the kernel picks a name (`tun0`, …). */
  readonly name?: string;
  /** One of several queues of the same interface: open it again by the same name for the next. Default false. */
  readonly multiQueue?: boolean;
  /** The most to ask for; the kernel may give less. It holds for all queues of the interface. Default `"all"`. */
  readonly offloads?: TunOffloadLevel;
  /** Keep the interface when its last queue is closed. Default: as it was. */
  readonly persist?: boolean;
}

// native/tun/open.h of packet-io has the same numbers.
const OFFLOAD_LEVELS: readonly TunOffloadLevel[] = ["none", "checksum", "tcp", "all"];
const WITH_MULTI_QUEUE = 1;
const WITH_PERSIST = 2;
const STEP_DEVICE = 1;
const STEP_ATTACH = 2;

// TUN_F_* of linux/if_tun.h.
const TUN_F_CSUM = 0x01;
const TUN_F_TSO4 = 0x02;
const TUN_F_TSO6 = 0x04;
const TUN_F_TSO_ECN = 0x08;
const TUN_F_USO4 = 0x20;

const INTERFACE_NAME = /^[A-Za-z0-9._-]{1,15}$/;

/**
 * Opens a TUN device (IP packets, no link layer, non-blocking), and makes the interface when it does not exist. It is
 * down and without addresses then: `ip link set … up` and `ip address add …` are the caller's.
 *
 * @throws TunError with one of these codes: `ERR_TUN_NAME`, `ERR_TUN_ARGUMENT`, `ERR_TUN_NO_DEVICE`,
 * `ERR_TUN_PERMISSION`, `ERR_TUN_BUSY`, `ERR_TUN_MISMATCH`, `ERR_TUN_SYSTEM`; PacketIoError `ERR_PACKET_IO_PLATFORM`,
 * `ERR_PACKET_IO_ADDON`.
 */
export function openTun(options: TunOptions = {}): Tun {
  const { name = "", multiQueue = false, offloads = "all", persist = false } = options;
  if (options.name !== undefined && (!INTERFACE_NAME.test(name) || name === "." || name === "..")) {
    throw new TunError(
      "ERR_TUN_NAME",
      `"${printable(name)}" is not a name for an interface: use 1 to 15 letters, digits, ".", "_" or "-"`,
    );
  }
  const level = OFFLOAD_LEVELS.indexOf(offloads);
  if (level < 0) {
    throw new TunError("ERR_TUN_ARGUMENT", `offloads must be one of ${OFFLOAD_LEVELS.join(", ")}`);
  }
  const result = new Int32Array(5);
  const flags = (multiQueue ? WITH_MULTI_QUEUE : 0) | (persist ? WITH_PERSIST : 0);
  const opened = addon<TunOpenFunctions>().tunOpen(name, flags, level, result);
  const [fd, step, bits, vnetHeader, takesUso] = result;
  if (opened === undefined) throw openError(name, -fd, step);
  return new Tun({ fd, name: opened, offloads: describeOffloads(vnetHeader !== 0, bits, takesUso !== 0) }, true);
}

/**
 * A device that someone else opened and will close, usually another thread: `borrowTun(tun.handle)`.
 * Counters are its own.
 */
export function borrowTun(handle: TunHandle): Tun {
  return new Tun(handle, false);
}

function describeOffloads(vnetHeader: boolean, bits: number, usoWrites: boolean): TunOffloads {
  return {
    vnetHeader,
    checksum: (bits & TUN_F_CSUM) !== 0,
    tso4: (bits & TUN_F_TSO4) !== 0,
    tso6: (bits & TUN_F_TSO6) !== 0,
    tsoEcn: (bits & TUN_F_TSO_ECN) !== 0,
    uso: (bits & TUN_F_USO4) !== 0,
    usoWrites,
  };
}

function openError(name: string, errno: number, step: number): TunError {
  const system = errnoName(errno);
  const device = name === "" ? "a TUN device" : `TUN device ${name}`;
  if (step === STEP_DEVICE && (system === "ENOENT" || system === "ENODEV" || system === "ENXIO")) {
    return new TunError(
      "ERR_TUN_NO_DEVICE",
      'there is no /dev/net/tun: load the kernel module ("modprobe tun"), or give the device to the container ("--device /dev/net/tun")',
      system,
    );
  }
  if (system === "EACCES" || system === "EPERM") {
    const todo =
      step === STEP_DEVICE
        ? "this user may not open /dev/net/tun: run as root, or give the user rights on the file"
        : `this user may not open ${device}: run as root or with CAP_NET_ADMIN, or let root make it for the user ("ip tuntap add … mode tun user …")`;
    return new TunError("ERR_TUN_PERMISSION", todo, system);
  }
  if (step === STEP_ATTACH && system === "EBUSY") {
    return new TunError(
      "ERR_TUN_BUSY",
      `${device} is in use by another process (or opened without multiQueue): stop it or take another name`,
      system,
    );
  }
  if (step === STEP_ATTACH && (system === "EINVAL" || system === "E2BIG")) {
    return new TunError(
      "ERR_TUN_MISMATCH",
      `${device} cannot be opened: an interface of this name exists and is not a TUN device, differs in multiQueue, or has no queue left`,
      system,
    );
  }
  return new TunError("ERR_TUN_SYSTEM", `${device} cannot be opened: ${system}`, system);
}

/** The name as far as it may be shown: hostile bytes stay out of terminals. */
function printable(name: string): string {
  return String(name)
    .slice(0, 32)
    .replace(/[^\x20-\x7e]/g, "?");
}
