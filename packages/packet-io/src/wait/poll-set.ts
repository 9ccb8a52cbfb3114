import { ioError, PacketIoError } from "../addon/errors.ts";
import { addon } from "../addon/load.ts";

interface PollFunctions {
  waitReady(
    fds: Int32Array,
    events: Int32Array,
    ready: Int32Array,
    timeoutMs: number,
    spinMicroseconds: number,
  ): number;
}

/** Mask: data can be read. */
export const POLL_IN = 0x01;
/** Mask: data can be written. */
export const POLL_OUT = 0x04;
/** Mask, in results only: the descriptor failed (a deleted TUN device, say). */
export const POLL_ERROR = 0x08;
/** Mask, in results only: the other end hung up. */
export const POLL_HANGUP = 0x10;
/** Mask, in results only: not an open descriptor. */
export const POLL_INVALID = 0x20;

/** The most descriptors that one {@link PollSet} waits for. */
export const MAX_POLL_FDS = 64;

/** The longest wait in milliseconds, 24 days: a C int. Longer ones are cut to it. */
const MAX_TIMEOUT = 0x7fffffff;

/**
 * Waits for file descriptors; blocks its thread while it does (a worker's, then). Nothing can interrupt the wait,
 * `worker.terminate()` neither: let one of the descriptors be an `EventFd`.
 */
export class PollSet {
  /** The descriptors, in the order given. A negative one is left out of the wait. */
  readonly fds: Int32Array;
  /** What to wait for, as `POLL_*` masks: `POLL_IN` for each unless changed. */
  readonly events: Int32Array;
  /** After {@link PollSet.wait}: what is ready, as `POLL_*` masks, in the order of `fds`. */
  readonly ready: Int32Array;
  readonly #native: PollFunctions;

  /** Throws `ERR_PACKET_IO_ARGUMENT` for more than {@link MAX_POLL_FDS}. */
  constructor(fds: readonly number[]) {
    if (fds.length > MAX_POLL_FDS) {
      throw new PacketIoError("ERR_PACKET_IO_ARGUMENT", `a PollSet waits for at most ${MAX_POLL_FDS} descriptors`);
    }
    this.#native = addon<PollFunctions>();
    this.fds = Int32Array.from(fds);
    this.events = new Int32Array(fds.length).fill(POLL_IN);
    this.ready = new Int32Array(fds.length);
  }

  /**
   * Waits until something is ready and fills {@link PollSet.ready}. Allocates nothing.
   *
   * @param timeout milliseconds, rounded up; 0 looks without waiting, a negative one waits without limit.
   * @param spin microseconds to poll repeatedly before the thread sleeps: this costs a core and saves the wake-up.
   * @returns how many descriptors are ready, 0 after the timeout.
   * @throws PacketIoError `ERR_PACKET_IO_ARGUMENT` when the timeout is not a number, `ERR_PACKET_IO_SYSTEM`.
   */
  wait(timeout: number, spin: number = 0): number {
    if (Number.isNaN(timeout))
      throw new PacketIoError("ERR_PACKET_IO_ARGUMENT", "the timeout must be a number of milliseconds");
    const milliseconds = timeout < 0 ? -1 : Math.min(Math.ceil(timeout), MAX_TIMEOUT);
    const found = this.#native.waitReady(this.fds, this.events, this.ready, milliseconds, spin);
    if (found < 0) throw ioError("waiting for descriptors", found);
    return found;
  }
}
