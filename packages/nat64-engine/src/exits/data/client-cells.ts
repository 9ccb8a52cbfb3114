import { bitsOf, DATA_CLASSES, EXITS, STALE_MS, UNANSWERED_MS } from "./data-class.ts";

/** Cells of an exit and class. */
export const CLIENT_CELLS = 64;

/** An answer counts as one of today for this long. */
const ALIVE_MS = 5000;
/** An exit that answered a client this recently is not left for one destination. */
const REMEMBERED_MS = 60_000;
/** Clients with an answer in this time could have got large packets, too. */
const RECENT_MS = 15_000;
/** Shares are counted over the last one to two periods of this length. */
const PERIOD_MS = 16_384;
/** A cell with fewer flows has no share. */
const MIN_FLOWS = 2;
/** Counts of a period stop here. */
const MAX_FLOWS = 65_535;

/**
 * Whether an exit answers its clients: for each exit and class, 64 cells of client networks, by a keyed hash of the /48. However
 * many flows a network opens, it is one cell. A cell is silent when a new flow of it is unanswered for {@link UNANSWERED_MS};
 * one answer clears it.
 *
 * Times are milliseconds as int32 that wraps; {@link count} forgets the old ones before they do.
 */
export class ClientCells {
  /** When the first flow since the last answer began; 0 for none. */
  readonly #since = new Int32Array(EXITS * DATA_CLASSES * CLIENT_CELLS);
  /** When the last flow began. */
  readonly #asked = new Int32Array(EXITS * DATA_CLASSES * CLIENT_CELLS);
  /** When a flow was answered last; 0 for never. */
  readonly #answered = new Int32Array(EXITS * DATA_CLASSES * CLIENT_CELLS);
  /** Flows since the last answer. */
  readonly #flows = new Int32Array(EXITS * DATA_CLASSES * CLIENT_CELLS);
  /** A bit for each of their destination networks. */
  readonly #destinations = new Int32Array(EXITS * DATA_CLASSES * CLIENT_CELLS);

  /** Flows of this period and of the one before, and those of them that were answered. */
  readonly #opened = new Uint16Array(EXITS * DATA_CLASSES * CLIENT_CELLS);
  readonly #openedBefore = new Uint16Array(EXITS * DATA_CLASSES * CLIENT_CELLS);
  readonly #replied = new Uint16Array(EXITS * DATA_CLASSES * CLIENT_CELLS);
  readonly #repliedBefore = new Uint16Array(EXITS * DATA_CLASSES * CLIENT_CELLS);
  readonly #recent = new Int32Array(EXITS * DATA_CLASSES);
  #periodEnd = 0;
  #hasPeriod = false;

  /** After {@link count}: cells without an answer. */
  silent = 0;
  /** After {@link count}: cells with an answer in the last five seconds. */
  alive = 0;
  /** After {@link count}: a bit for each destination network of silent cells. */
  destinations = 0;
  /** After {@link count}: cells with an answer in the last fifteen seconds. */
  recent = 0;
  /** After {@link count}: flows of the last half minute, and those that were answered. */
  opened = 0;
  replied = 0;
  /** After {@link count}: cells with a share of answered flows, and the sum of their shares. */
  shares = 0;
  sumOfShares = 0;

  /**
   * A new flow begins.
   *
   * @param network hash of the /48 @param place hash of the destination network
   * @param isDown whether the destination answers nobody through another exit either: then it cannot make a cell silent
   */
  asked(exit: number, kind: number, network: number, place: number, isDown: boolean, time: number): void {
    const at = cellOf(exit, kind, network);
    if (this.#opened[at] < MAX_FLOWS) this.#opened[at]++;
    const isFirst = this.#since[at] === 0 || ((time - this.#asked[at]) | 0) >= STALE_MS;
    if (isFirst && isDown) return;
    if (isFirst) {
      this.#since[at] = time | 1;
      this.#flows[at] = 0;
      this.#destinations[at] = 0;
    }
    this.#flows[at]++;
    this.#destinations[at] |= 1 << (place >>> 27);
    this.#asked[at] = time;
  }

  /** A flow is answered for the first time. */
  answered(exit: number, kind: number, network: number, time: number): void {
    const at = cellOf(exit, kind, network);
    if (this.#replied[at] < this.#opened[at]) this.#replied[at]++;
    this.#answered[at] = time | 1;
    this.#since[at] = 0;
  }

  /** A flow that was just noted did not leave. */
  withdraw(exit: number, kind: number, network: number): void {
    const at = cellOf(exit, kind, network);
    if (--this.#flows[at] <= 0) this.#since[at] = 0;
    if (this.#opened[at] > this.#replied[at]) this.#opened[at]--;
  }

  /**
   * Whether a client network had no answer at all lately, to more than one flow. If an exit answered it within a minute, these
   * flows have to go to several destinations: one server that is down moves nobody.
   */
  isSilent(exit: number, kind: number, network: number, time: number): boolean {
    const at = cellOf(exit, kind, network);
    if (!this.#isSilentAt(at, time) || this.#flows[at] < 2) return false;
    const isNew = this.#answered[at] === 0 || ((time - this.#answered[at]) | 0) >= REMEMBERED_MS;
    return isNew || bitsOf(this.#destinations[at]) > 1;
  }

  /** Starts another period for shares, when it is time. */
  startPeriod(time: number): void {
    if (this.#hasPeriod && ((time - this.#periodEnd) | 0) < 0) return;
    this.#hasPeriod = true;
    this.#periodEnd = (time + PERIOD_MS) | 0;
    this.#openedBefore.set(this.#opened);
    this.#repliedBefore.set(this.#replied);
    this.#opened.fill(0);
    this.#replied.fill(0);
  }

  /** Counts the cells of an exit: fills {@link silent} and all the others. */
  count(exit: number, kind: number, time: number): void {
    this.silent = 0;
    this.alive = 0;
    this.destinations = 0;
    this.recent = 0;
    this.opened = 0;
    this.replied = 0;
    this.shares = 0;
    this.sumOfShares = 0;
    const first = cellOf(exit, kind, 0);
    for (let at = first; at < first + CLIENT_CELLS; at++) {
      this.#forgetOld(at, time);
      if (this.#isSilentAt(at, time)) {
        this.silent++;
        this.destinations |= this.#destinations[at];
      } else if (this.#answered[at] !== 0 && ((time - this.#answered[at]) | 0) < ALIVE_MS) {
        this.alive++;
      }
      if (this.#answered[at] !== 0 && ((time - this.#answered[at]) | 0) < RECENT_MS) this.recent++;
      this.#countFlows(at);
    }
    this.#recent[exit * DATA_CLASSES + kind] = this.recent;
  }

  /** Whether flows through an exit have been waiting for `ms` milliseconds, and none was answered meanwhile. */
  isMuteFor(exit: number, ms: number, time: number): boolean {
    let hasWaited = false;
    const first = cellOf(exit, 0, 0);
    for (let at = first; at < first + DATA_CLASSES * CLIENT_CELLS; at++) {
      if (this.#answered[at] !== 0 && ((time - this.#answered[at]) | 0) < ms) return false;
      hasWaited ||= this.#isSilentAt(at, time) && ((time - this.#since[at]) | 0) >= ms;
    }
    return hasWaited;
  }

  /** Cells with an answer in the last fifteen seconds, as {@link count} finds them. */
  countRecent(exit: number, kind: number): number {
    return this.#recent[exit * DATA_CLASSES + kind];
  }

  /** Forgets what is known of an exit. */
  forget(exit: number): void {
    const first = cellOf(exit, 0, 0);
    const end = first + DATA_CLASSES * CLIENT_CELLS;
    this.#since.fill(0, first, end);
    this.#answered.fill(0, first, end);
    this.#opened.fill(0, first, end);
    this.#openedBefore.fill(0, first, end);
    this.#replied.fill(0, first, end);
    this.#repliedBefore.fill(0, first, end);
  }

  #countFlows(at: number): void {
    const opened = this.#opened[at] + this.#openedBefore[at];
    if (opened === 0) return;
    const replied = Math.min(opened, this.#replied[at] + this.#repliedBefore[at]);
    this.opened += opened;
    this.replied += replied;
    if (opened < MIN_FLOWS) return;
    this.shares++;
    this.sumOfShares += replied / opened;
  }

  #isSilentAt(at: number, time: number): boolean {
    const since = this.#since[at];
    return since !== 0 && ((time - since) | 0) >= UNANSWERED_MS && ((time - this.#asked[at]) | 0) < STALE_MS;
  }

  #forgetOld(at: number, time: number): void {
    if (this.#since[at] !== 0 && ((time - this.#asked[at]) | 0) >= STALE_MS) this.#since[at] = 0;
    if (this.#answered[at] !== 0 && ((time - this.#answered[at]) | 0) >= REMEMBERED_MS) this.#answered[at] = 0;
  }
}

function cellOf(exit: number, kind: number, network: number): number {
  return (exit * DATA_CLASSES + kind) * CLIENT_CELLS + (network & (CLIENT_CELLS - 1));
}
