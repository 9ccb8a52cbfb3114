import { isIPv4 } from "node:net";
import { MERGE_NONE } from "./batch.ts";
import { createCounterArray, readCounters, type TunCounters } from "./counters.ts";
import type { DatagramBatch } from "./datagram-batch.ts";
import { Descriptor } from "./descriptor.ts";
import { errnoName, ioError, TunError } from "./errors.ts";
import { type NativeAddon, native } from "./native.ts";
import { DEFAULT_HEADROOM, type ReadOptions } from "./tun.ts";

/** How to open a UDP socket. */
export interface UdpOptions {
  /** The local IPv4 address; default `0.0.0.0`, all of them. */
  readonly address?: string;
  /** The local port; default 0, the system picks one. */
  readonly port?: number;
  /** Let the kernel merge consecutive datagrams of a flow into one message (UDP_GRO, Linux 5.0). Default true. */
  readonly merge?: boolean;
  /** Bytes of the kernel's receive buffer. Beyond the system's limit only with CAP_NET_ADMIN. */
  readonly receiveBuffer?: number;
  /** Bytes of the kernel's send buffer. Beyond the system's limit only with CAP_NET_ADMIN. */
  readonly sendBuffer?: number;
}

/** An open UDP socket as a plain value, for another thread. */
export interface UdpHandle {
  readonly fd: number;
  readonly address: string;
  readonly port: number;
  readonly merges: boolean;
}

const NO_OPTIONS: ReadOptions = {};

/**
 * A UDP socket over IPv4 that moves batches: recvmmsg(2) with UDP_GRO, sendmmsg(2) with UDP_SEGMENT. Not connected, not
 * blocking (wait with a `Poller`), DF clear.
 */
export class UdpSocket extends Descriptor {
  /** The local IPv4 address, as given. */
  readonly address: string;
  /** The local port. */
  readonly port: number;
  /** Whether the kernel merges received datagrams. */
  readonly merges: boolean;
  readonly #native: NativeAddon = native();
  readonly #counters: Float64Array = createCounterArray();

  /** Use {@link openUdpSocket} or {@link borrowUdpSocket}. */
  constructor(handle: UdpHandle, owned: boolean) {
    super(`UDP socket on port ${handle.port}`, handle.fd, owned);
    this.address = handle.address;
    this.port = handle.port;
    this.merges = handle.merges;
  }

  /** What {@link borrowUdpSocket} needs in another thread. Throws `ERR_TUN_CLOSED`. */
  get handle(): UdpHandle {
    return { fd: this.fd, address: this.address, port: this.port, merges: this.merges };
  }

  /**
   * Fills `batch` with the datagrams that wait, from slot 0 on, and sets `batch.count`. Stops when none waits, or fewer
   * than {@link MAX_SEGMENTS} slots or {@link MESSAGE_ROOM} bytes before the reserve are left. Datagrams that the kernel
   * merged lie one after the other: only the first of a message is sure to have `headroom` bytes before it.
   *
   * @returns the number of slots filled, 0 when no datagram waits.
   * @throws TunError `ERR_TUN_CLOSED`, `ERR_TUN_IO`; TypeError when an array of the batch is of the wrong type or too
   * short for `capacity`.
   */
  receive(batch: DatagramBatch, options: ReadOptions = NO_OPTIONS): number {
    const count = this.#native.udpReceive(
      this.fd,
      this.#counters,
      batch.capacity,
      batch.bytes,
      batch.offset,
      batch.length,
      batch.flags,
      batch.gsoType,
      batch.gsoSize,
      batch.headerLength,
      batch.checksumStart,
      batch.checksumOffset,
      batch.address,
      batch.port,
      options.reserve ?? 0,
      options.headroom ?? DEFAULT_HEADROOM,
      options.merge ?? MERGE_NONE,
    );
    batch.count = Math.max(count, 0);
    if (count < 0) throw ioError("receiving datagrams", count);
    return count;
  }

  /**
   * Sends slots 0 … count-1, but those whose port is 0. A super-packet (IPv6, of TCP or UDP) leaves as one datagram for
   * each of its segments, an unfinished checksum is finished. Consecutive datagrams of one size to one peer share a
   * message, for which the kernel does its work once; where the way out does not allow that (IPsec, a path with a small
   * MTU) they are sent one by one. What cannot be sent is skipped and counted ({@link UdpSocket.counters}), never
   * thrown. A full buffer is waited for, but never longer than 4 ms for the whole batch.
   *
   * @returns the number of datagrams that the kernel took.
   * @throws TunError `ERR_TUN_CLOSED`; TypeError when the batch as a whole is wrong.
   */
  send(batch: DatagramBatch): number {
    return this.#native.udpSend(
      this.fd,
      this.#counters,
      batch.capacity,
      batch.bytes,
      batch.offset,
      batch.length,
      batch.flags,
      batch.gsoType,
      batch.gsoSize,
      batch.headerLength,
      batch.checksumStart,
      batch.checksumOffset,
      batch.address,
      batch.port,
      batch.count,
    );
  }

  /** What went wrong with single messages so far. Works after `close()` too. */
  counters(): TunCounters {
    return readCounters(this.#counters);
  }
}

/**
 * Opens a UDP socket.
 *
 * @throws TunError `ERR_TUN_ARGUMENT`, `ERR_TUN_ADDRESS`, `ERR_TUN_PERMISSION`, `ERR_TUN_PLATFORM`, `ERR_TUN_ADDON`,
 * `ERR_TUN_IO`.
 */
export function openUdpSocket(options: UdpOptions = {}): UdpSocket {
  const { address = "0.0.0.0", port = 0, merge = true, receiveBuffer = 0, sendBuffer = 0 } = options;
  if (!isIPv4(address)) throw new TunError("ERR_TUN_ARGUMENT", "a UDP socket needs an IPv4 address such as 192.0.2.1");
  if (!Number.isInteger(port) || port < 0 || port > 0xffff) {
    throw new TunError("ERR_TUN_ARGUMENT", "a UDP port is an integer from 0 to 65535");
  }
  const result = new Int32Array(3);
  native().udpOpen(Uint8Array.from(address.split("."), Number), port, merge ? 1 : 0, receiveBuffer, sendBuffer, result);
  const [fd, localPort, merges] = result;
  if (fd < 0) throw openError(address, port, -fd);
  return new UdpSocket({ fd, address, port: localPort, merges: merges !== 0 }, true);
}

/** A socket that someone else opened and will close, usually another thread. Counters are its own. */
export function borrowUdpSocket(handle: UdpHandle): UdpSocket {
  return new UdpSocket(handle, false);
}

function openError(address: string, port: number, errno: number): TunError {
  const system = errnoName(errno);
  switch (system) {
    case "EADDRINUSE":
      return new TunError("ERR_TUN_ADDRESS", `UDP port ${port} of ${address} is taken by another socket`, system);
    case "EADDRNOTAVAIL":
      return new TunError("ERR_TUN_ADDRESS", `${address} is not an address of this host`, system);
    case "EACCES":
    case "EPERM":
      return new TunError(
        "ERR_TUN_PERMISSION",
        `this user may not open UDP port ${port}: take one from 1024 on`,
        system,
      );
    default:
      return ioError("opening a UDP socket", -errno);
  }
}
