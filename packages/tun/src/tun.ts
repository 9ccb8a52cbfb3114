import { addon, errnoName, ioError } from "@nat64/packet-io/addon";
import { Descriptor, IoControl, type IoCounters } from "@nat64/packet-io/descriptor";
import {
  MERGE_ALL,
  MERGE_NONE,
  MERGE_TCP,
  type Merge,
  NO_READ_OPTIONS,
  type PacketBatch,
  type ReadOptions,
} from "@nat64/packet-io/packets";
import { TunError } from "./errors.ts";
import type { TunHandle, TunOffloads } from "./handle.ts";
import type { NativeWriteHelper, WriteHelper } from "./write-helper.ts";

interface TunFunctions {
  tunRead(control: Float64Array, block: Uint32Array, bytes: Uint8Array): number;
  tunWrite(control: Float64Array, block: Uint32Array, bytes: Uint8Array, helper: NativeWriteHelper | undefined): number;
}

/**
 * One open queue of a TUN device. Reads and writes are non-blocking; wait with a `PollSet`. The interface goes away with
 * its last queue unless it is persistent.
 *
 * The one that opened it closes it. Another thread may use it through {@link Tun.handle} and `borrowTun`; it must
 * have stopped before the owner closes.
 */
export class Tun extends Descriptor {
  /** The name of the interface. */
  readonly name: string;
  /** What the kernel agreed to leave to us. */
  readonly offloads: TunOffloads;
  readonly #native: TunFunctions = addon<TunFunctions>();
  readonly #control: IoControl;

  /** Use `openTun` or `borrowTun`. */
  constructor(handle: TunHandle, owned: boolean) {
    super(`TUN device ${handle.name}`, handle.fd, owned);
    this.name = handle.name;
    this.offloads = Object.freeze({ ...handle.offloads });
    this.#control = new IoControl(handle.offloads.vnetHeader);
  }

  /** The most that packets may be merged when they are to be written to this device. */
  get takes(): Merge {
    const { vnetHeader, usoWrites } = this.offloads;
    return usoWrites ? MERGE_ALL : vnetHeader ? MERGE_TCP : MERGE_NONE;
  }

  /** What `borrowTun` needs in another thread; may be sent with `postMessage`. Throws `ERR_PACKET_IO_CLOSED`. */
  get handle(): TunHandle {
    return { fd: this.fd, name: this.name, offloads: this.offloads };
  }

  /**
   * Fills `batch` with the packets that wait in the queue, from slot 0 on, and sets `batch.count`. Stops when the queue
   * is empty, all slots are used, or fewer than `READ_ROOM` bytes are left before the reserve.
   *
   * Packets are stored one after the other, each with `headroom` bytes before it, each starting at a multiple of 4. Every slot
   * is sound: `checksumStart + checksumOffset + 2` and `headerLength` are inside the packet.
   *
   * @returns the number of slots filled, 0 when no packet waits.
   * @throws TunError `ERR_TUN_GONE` when the interface is deleted; PacketIoError `ERR_PACKET_IO_CLOSED`,
   * `ERR_PACKET_IO_SYSTEM`; TypeError when `batch` is not a `PacketBatch`.
   */
  read(batch: PacketBatch, options: ReadOptions = NO_READ_OPTIONS): number {
    const control = this.#control.forRead(this.fd, options);
    const count = this.#native.tunRead(control, batch.block, batch.bytes);
    if (count < 0) {
      batch.count = 0;
      throw this.#readError(count);
    }
    batch.count = count;
    return count;
  }

  /**
   * Writes slots 0 … count-1 to the kernel. A packet that cannot be written is skipped and counted
   * ({@link Tun.counters}), never thrown. A full queue is waited for, but never longer than 4 ms for the whole batch.
   *
   * @param helper shares the work of a large batch of several flows; packets of one flow stay in their order.
   * @returns the number of packets that the kernel took.
   * @throws PacketIoError `ERR_PACKET_IO_CLOSED`; TypeError when `batch` is not a `PacketBatch`, or its `count` is
   * larger than its capacity.
   */
  write(batch: PacketBatch, helper?: WriteHelper): number {
    const control = this.#control.forWrite(this.fd, batch.count);
    return this.#native.tunWrite(control, batch.block, batch.bytes, helper?.native);
  }

  /** What went wrong with single packets so far. Works after `close()` too. */
  counters(): IoCounters {
    return this.#control.counters();
  }

  #readError(negativeErrno: number): Error {
    const name = errnoName(-negativeErrno);
    if (name === "EBADFD" || name === "EIO") {
      return new TunError("ERR_TUN_GONE", `TUN device ${this.name} was deleted; close it and open it again`, name);
    }
    return ioError(`reading from TUN device ${this.name}`, negativeErrno);
  }
}
