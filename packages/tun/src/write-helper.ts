import { ioError } from "./errors.ts";
import { type NativeWriteHelper, native } from "./native.ts";

/**
 * A second thread for large writes. The kernel does most of its forwarding in the thread that writes to a TUN device;
 * with a helper two do so at once, each with flows of its own, so that packets of a flow stay in their order. Small
 * batches, and those of one flow, are written without it.
 *
 * It belongs to the thread that made it, sleeps while there is nothing to help with, and ends with its last reference.
 */
export class WriteHelper {
  /** For {@link Tun.write}. */
  readonly native: NativeWriteHelper;

  /** Throws `ERR_TUN_PLATFORM`, `ERR_TUN_ADDON`, `ERR_TUN_IO` (no thread to be had). */
  constructor() {
    const result = new Int32Array(1);
    const started = native().writeHelperStart(result);
    if (started === undefined) throw ioError("starting a thread that helps to write", result[0]);
    this.native = started;
  }
}
