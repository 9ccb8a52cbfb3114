import { ACKNOWLEDGED, FLAGS, SESSION_WORDS } from "./session-table.ts";

/** The next newer session; and the next older one, above the lowest bit, which marks a session that holds a SYN. */
const NEWER = ACKNOWLEDGED;
const OLDER = FLAGS;

/**
 * The closed sessions of each exit in the order in which they closed. Their records and ports can be reclaimed, the oldest first.
 * The lists use two words of the session's record, which have another meaning while it is open.
 */
export class ClosedSessions {
  readonly #records: Int32Array;
  readonly #oldest: Int32Array;
  readonly #newest: Int32Array;
  readonly #counts: Int32Array;

  /** @param records those of the session table @param exits number of lists */
  constructor(records: Int32Array, exits: number) {
    this.#records = records;
    this.#oldest = new Int32Array(exits).fill(-1);
    this.#newest = new Int32Array(exits).fill(-1);
    this.#counts = new Int32Array(exits);
  }

  /** Number of lists. */
  get exits(): number {
    return this.#oldest.length;
  }

  /** Closed sessions of an exit. */
  count(exit: number): number {
    return this.#counts[exit];
  }

  /** Closed sessions of all exits. */
  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** The session that has been closed the longest, or −1. */
  oldest(exit: number): number {
    return this.#oldest[exit];
  }

  /** Adds a session that has just closed. */
  append(exit: number, session: number): void {
    const older = this.#newest[exit];
    this.#records[session * SESSION_WORDS + NEWER] = -1;
    this.#records[session * SESSION_WORDS + OLDER] = older << 1;
    if (older >= 0) this.#records[older * SESSION_WORDS + NEWER] = session;
    else this.#oldest[exit] = session;
    this.#newest[exit] = session;
    this.#counts[exit]++;
  }

  /** Removes a session that ends or opens again. */
  remove(exit: number, session: number): void {
    const records = this.#records;
    const newer = records[session * SESSION_WORDS + NEWER];
    const older = records[session * SESSION_WORDS + OLDER] >> 1;
    if (older >= 0) records[older * SESSION_WORDS + NEWER] = newer;
    else this.#oldest[exit] = newer;
    if (newer >= 0) records[newer * SESSION_WORDS + OLDER] = older << 1;
    else this.#newest[exit] = older;
    records[session * SESSION_WORDS + NEWER] = 0;
    records[session * SESSION_WORDS + OLDER] = 0;
    this.#counts[exit]--;
  }
}
