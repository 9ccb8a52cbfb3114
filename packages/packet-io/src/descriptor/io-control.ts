import { DEFAULT_HEADROOM, MERGE_NONE, type ReadOptions } from "../packets/read-options.ts";
import { COUNTER_SLOTS, type IoCounters, readCounters } from "./counters.ts";

// Words of struct io_control behind its counters; native/io/control.h has the same layout.
const FD = 0;
const HAS_VNET_HEADER = 1;
const COUNT = 2;
const RESERVE = 3;
const HEADROOM = 4;
const MERGE = 5;
const WORDS = 6;

/**
 * What C is told about one call that moves a batch, and where it counts. One block for all calls of a descriptor, so that a
 * call allocates nothing and takes few arguments.
 */
export class IoControl {
  readonly #block: Float64Array = new Float64Array(COUNTER_SLOTS + WORDS / 2);
  readonly #words: Int32Array = new Int32Array(this.#block.buffer, 8 * COUNTER_SLOTS, WORDS);

  /** @param hasVnetHeader whether packets have a virtio header before them, on a TUN device */
  constructor(hasVnetHeader: boolean = false) {
    this.#words[HAS_VNET_HEADER] = hasVnetHeader ? 1 : 0;
  }

  /** The block for a read from `fd`. */
  forRead(fd: number, options: ReadOptions): Float64Array {
    const words = this.#words;
    words[FD] = fd;
    words[RESERVE] = options.reserve ?? 0;
    words[HEADROOM] = options.headroom ?? DEFAULT_HEADROOM;
    words[MERGE] = options.merge ?? MERGE_NONE;
    return this.#block;
  }

  /** The block for a write of slots 0 … count-1 to `fd`. */
  forWrite(fd: number, count: number): Float64Array {
    const words = this.#words;
    words[FD] = fd;
    words[COUNT] = count;
    return this.#block;
  }

  /** The packets and datagrams that failed so far. */
  counters(): IoCounters {
    return readCounters(this.#block);
  }
}
