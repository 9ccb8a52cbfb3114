import { addon, ioError } from "@nat64/packet-io/addon";

/** A thread of the addon that helps to write; it ends when nothing refers to this any more. */
export interface NativeWriteHelper {
  readonly native: unique symbol;
}

interface WriteHelperFunctions {
  writeHelperStart(result: Int32Array): NativeWriteHelper | undefined;
}

/**
 * A second thread for large writes. The kernel does most of its forwarding in the thread that writes to a TUN device;
 * with a helper two do so at once, each with flows of its own, so that packets of a flow stay in their order. Small
 * batches, and those of one flow, are written without it.
 *
 * It belongs to the thread that made it, sleeps while there is nothing to help with, and ends with its last reference.
 */
export class WriteHelper {
  /** For `Tun.write`. */
  readonly native: NativeWriteHelper;

  /** Throws `ERR_PACKET_IO_PLATFORM`, `ERR_PACKET_IO_ADDON`, `ERR_PACKET_IO_SYSTEM` (no thread to be had). */
  constructor() {
    const result = new Int32Array(1);
    const started = addon<WriteHelperFunctions>().writeHelperStart(result);
    if (started === undefined) throw ioError("starting a thread that helps to write", result[0]);
    this.native = started;
  }
}
