import { errnoName } from "../addon/errors.ts";

// Slots of the array that C counts in; native/io/counters.h has the same numbers.
const REFUSED_WRITES = 0;
const LAST_ERRNO = 133;
const SHORT_WRITES = 134;
const TRUNCATED_READS = 135;
const REFUSED_READS = 136;

/** Slots of the array. */
export const COUNTER_SLOTS = 137;

/** Errors of single packets or datagrams since the descriptor was opened. They are counted and never thrown. */
export interface IoCounters {
  /** Slots that were not written because they are invalid: outside `bytes`, or with impossible fields. */
  readonly refusedWrites: number;
  /** Packets that the kernel took only in part. */
  readonly shortWrites: number;
  /** Packets longer than any IP packet may be, datagrams longer than the room for them; dropped. */
  readonly truncatedReads: number;
  /** Packets that came with unsound virtio fields; dropped. */
  readonly refusedReads: number;
  /** Packets that the kernel did not take, by the name of the error, such as `{ EINVAL: 2 }`. */
  readonly writeErrors: Readonly<Record<string, number>>;
}

/** A snapshot of a counter array. */
export function readCounters(array: Float64Array): IoCounters {
  const writeErrors: Record<string, number> = {};
  for (let errno = 1; errno <= LAST_ERRNO; errno++) {
    if (array[errno] > 0) writeErrors[errnoName(errno)] = array[errno];
  }
  return {
    refusedWrites: array[REFUSED_WRITES],
    shortWrites: array[SHORT_WRITES],
    truncatedReads: array[TRUNCATED_READS],
    refusedReads: array[REFUSED_READS],
    writeErrors,
  };
}
