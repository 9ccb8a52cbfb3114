import { BLOCK_PORTS } from "./pool-address.ts";

/** The prefix lengths that ports are counted for. */
export const ShareLevel = { network48: 0, network56: 1, network64: 2 } as const;

const LEVELS = 3;
/** Counters of each level, exit and protocol, as a power of two: prefixes share a counter by a keyed hash. */
const COUNTER_BITS = 11;
const COUNTERS = 2 ** COUNTER_BITS;
/** Odd, with mixed bits: neighbouring prefixes of a /48 get counters that are far apart. */
const STEP_OF_56 = 0x85ebca6b;
const STEP_OF_64 = 0x9e3779b1;

/**
 * How many ports of each exit and protocol the clients' /48s, /56s and /64s have. Prefixes are counted by a keyed hash, so the
 * counts take constant memory and time, and nobody can choose whom he shares a counter with.
 *
 * A pool here is the ports of one exit and protocol: see {@link poolOf}.
 */
export class PortShares {
  readonly #counts: Int32Array;
  /** Counters of /48s that are not zero, by pool. */
  readonly #networks: Int32Array;

  /** @param exits the highest exit number plus one */
  constructor(exits: number) {
    this.#counts = new Int32Array(exits * 3 * LEVELS * COUNTERS);
    this.#networks = new Int32Array(exits * 3);
  }

  /**
   * Counts a port of a client: 1 for one that it got, −1 for one that it returns.
   *
   * @param network keyed hash of its /48 @param low the second word of its address
   */
  count(pool: number, network: number, low: number, change: number): void {
    const counts = this.#counts;
    const first = pool * LEVELS * COUNTERS;
    const at = first + placeOf(ShareLevel.network48, network, low);
    const before = counts[at];
    counts[at] = before + change;
    if (before === 0) this.#networks[pool]++;
    else if (before + change === 0) this.#networks[pool]--;
    counts[first + COUNTERS + placeOf(ShareLevel.network56, network, low)] += change;
    counts[first + 2 * COUNTERS + placeOf(ShareLevel.network64, network, low)] += change;
  }

  /** The ports of a pool according to the counts of each level, for consistency checks. */
  total(pool: number): readonly number[] {
    return Array.from({ length: LEVELS }, (_, level) => {
      const first = (pool * LEVELS + level) * COUNTERS;
      return this.#counts.subarray(first, first + COUNTERS).reduce((sum, count) => sum + count, 0);
    });
  }

  /** Where the count of a prefix is, for {@link at}: two prefixes with the same place are counted together. */
  place(pool: number, level: number, network: number, low: number): number {
    return (pool * LEVELS + level) * COUNTERS + placeOf(level, network, low);
  }

  /** The ports of the prefixes at a place. */
  at(place: number): number {
    return this.#counts[place];
  }

  /** The /48s that have ports of a pool: a few less when there are hundreds, and at most {@link COUNTERS}. */
  networks(pool: number): number {
    return this.#networks[pool];
  }
}

/** The number of the ports of an exit and protocol. @param protocol `ProtocolIndex` */
export function poolOf(exit: number, protocol: number): number {
  return exit * 3 + protocol;
}

/**
 * The ports that a client may have of an exit while others wait, whatever its share is: one block, less where the exit has few.
 * So clients of thousands of networks do not take ports from each other for a few ports more or less.
 */
export function fewPorts(total: number): number {
  return Math.min(BLOCK_PORTS, Math.ceil(total / BLOCK_PORTS));
}

/** @param network keyed hash of the /48 @param low the second word of the address */
function placeOf(level: number, network: number, low: number): number {
  if (level === ShareLevel.network48) return network & (COUNTERS - 1);
  if (level === ShareLevel.network56)
    return (network + Math.imul(((low >>> 8) & 0xff) + 1, STEP_OF_56)) >>> (32 - COUNTER_BITS);
  return (network + Math.imul((low & 0xffff) + 1, STEP_OF_64)) >>> (32 - COUNTER_BITS);
}
