import { ioError } from "../addon/errors.ts";
import { addon } from "../addon/load.ts";
import type { IoCounters } from "../descriptor/counters.ts";
import { Descriptor } from "../descriptor/descriptor.ts";
import { IoControl } from "../descriptor/io-control.ts";
import type { DatagramBatch } from "../packets/datagram-batch.ts";
import { NO_READ_OPTIONS, type ReadOptions } from "../packets/read-options.ts";

interface UdpFunctions {
  udpReceive(control: Float64Array, block: Uint32Array, bytes: Uint8Array): number;
  udpSend(control: Float64Array, block: Uint32Array, bytes: Uint8Array): number;
}

/** An open UDP socket as a plain value, for another thread. */
export interface UdpHandle {
  readonly fd: number;
  readonly address: string;
  readonly port: number;
  readonly merges: boolean;
}

/**
 * A UDP socket over IPv4 that moves batches: recvmmsg(2) with UDP_GRO, sendmmsg(2) with UDP_SEGMENT. Not connected, not
 * blocking (wait with a `PollSet`), DF clear.
 */
export class UdpSocket extends Descriptor {
  /** The local IPv4 address, as given. */
  readonly address: string;
  /** The local port. */
  readonly port: number;
  /** Whether the kernel merges received datagrams. */
  readonly merges: boolean;
  readonly #native: UdpFunctions = addon<UdpFunctions>();
  readonly #control: IoControl = new IoControl();

  /** Use `openUdpSocket` or `borrowUdpSocket`. */
  constructor(handle: UdpHandle, owned: boolean) {
    super(`UDP socket on port ${handle.port}`, handle.fd, owned);
    this.address = handle.address;
    this.port = handle.port;
    this.merges = handle.merges;
  }

  /** What `borrowUdpSocket` needs in another thread. Throws `ERR_PACKET_IO_CLOSED`. */
  get handle(): UdpHandle {
    return { fd: this.fd, address: this.address, port: this.port, merges: this.merges };
  }

  /**
   * Fills `batch` with the datagrams that wait, from slot 0 on, and sets `batch.count`. Stops when none waits, or fewer
   * than `MAX_SEGMENTS` slots or `MESSAGE_ROOM` bytes before the reserve are left. Datagrams that the kernel
   * merged are stored one after the other: only the first of a message is sure to have `headroom` bytes before it.
   *
   * @returns the number of slots filled, 0 when no datagram waits.
   * @throws PacketIoError `ERR_PACKET_IO_CLOSED`, `ERR_PACKET_IO_SYSTEM`; TypeError when `batch` is not a
   * `DatagramBatch`.
   */
  receive(batch: DatagramBatch, options: ReadOptions = NO_READ_OPTIONS): number {
    const control = this.#control.forRead(this.fd, options);
    const count = this.#native.udpReceive(control, batch.block, batch.bytes);
    batch.count = Math.max(count, 0);
    if (count < 0) throw ioError("receiving datagrams", count);
    return count;
  }

  /**
   * Sends slots 0 … count-1, but those whose port is 0. A super-packet (IPv6, of TCP or UDP) leaves as one datagram for
   * each of its segments, an unfinished checksum is finished. Consecutive datagrams of one size to one peer share a
   * message, for which the kernel does its work once; where the path does not allow that (IPsec, a path with a small
   * MTU) they are sent one by one. Datagrams that cannot be sent are skipped and counted ({@link UdpSocket.counters}), never
   * thrown. A full buffer is waited for, but never longer than 4 ms for the whole batch.
   *
   * @returns the number of datagrams that the kernel took.
   * @throws PacketIoError `ERR_PACKET_IO_CLOSED`; TypeError when `batch` is not a `DatagramBatch`, or its `count` is
   * larger than its capacity.
   */
  send(batch: DatagramBatch): number {
    return this.#native.udpSend(this.#control.forWrite(this.fd, batch.count), batch.block, batch.bytes);
  }

  /** Errors of single messages so far. Works after `close()` too. */
  counters(): IoCounters {
    return this.#control.counters();
  }
}
