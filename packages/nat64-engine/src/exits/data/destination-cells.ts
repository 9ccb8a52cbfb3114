import { bitsOf, DATA_CLASSES, EXITS, STALE_MS, UNANSWERED_MS } from "./data-class.ts";

/** Cells of an exit and class. */
export const DESTINATION_CELLS = 128;

/** A destination is avoided at an exit when this many client networks have no answer from there. */
const MIN_CLIENTS = 3;
/** An answer from a destination says for this long that it works. */
const WORKS_MS = 60_000;

/**
 * Whether destination networks (/20) answer through an exit: for each exit and class, 128 cells by a keyed hash. A cell fails
 * when flows of several client networks are unanswered, the first for {@link UNANSWERED_MS}; one answer clears it.
 */
export class DestinationCells {
  /** When the first flow since the last answer began; 0 for none. */
  readonly #since = new Int32Array(EXITS * DATA_CLASSES * DESTINATION_CELLS);
  /** When the last flow began. */
  readonly #asked = new Int32Array(EXITS * DATA_CLASSES * DESTINATION_CELLS);
  /** When a flow was answered last; 0 for never. */
  readonly #answered = new Int32Array(EXITS * DATA_CLASSES * DESTINATION_CELLS);
  /** A bit for each client network since the last answer. */
  readonly #clients = new Int32Array(EXITS * DATA_CLASSES * DESTINATION_CELLS);

  /** At how many exits a cell failed when they were counted last. */
  readonly #failing = new Uint8Array(DATA_CLASSES * DESTINATION_CELLS);

  /** A new flow begins. @param network hash of the /48 @param place hash of the destination network */
  asked(exit: number, kind: number, network: number, place: number, time: number): void {
    const at = cellOf(exit, kind, place);
    if (this.#since[at] === 0 || ((time - this.#asked[at]) | 0) >= STALE_MS) {
      this.#since[at] = time | 1;
      this.#clients[at] = 0;
    }
    this.#clients[at] |= 1 << (network & 31);
    this.#asked[at] = time;
  }

  /** A flow is answered for the first time. */
  answered(exit: number, kind: number, place: number, time: number): void {
    const at = cellOf(exit, kind, place);
    this.#answered[at] = time | 1;
    this.#since[at] = 0;
  }

  /** Whether several client networks have no answer from a destination network. */
  fails(exit: number, kind: number, place: number, time: number): boolean {
    return this.#failsAt(cellOf(exit, kind, place), time);
  }

  /** Whether a destination network answers nobody through another exit, as {@link count} found. */
  failsElsewhere(exit: number, kind: number, place: number, time: number): boolean {
    const here = this.fails(exit, kind, place, time) ? 1 : 0;
    return this.#failing[kind * DESTINATION_CELLS + (place & (DESTINATION_CELLS - 1))] > here;
  }

  /** Starts counting the exits at which destinations fail. */
  startCount(): void {
    this.#failing.fill(0);
  }

  /** Counts what fails at an exit. Also forgets what is old, before times wrap. */
  count(exit: number, kind: number, time: number): void {
    const first = cellOf(exit, kind, 0);
    for (let at = first; at < first + DESTINATION_CELLS; at++) {
      if (this.#since[at] !== 0 && ((time - this.#asked[at]) | 0) >= STALE_MS) this.#since[at] = 0;
      if (this.#answered[at] !== 0 && ((time - this.#answered[at]) | 0) >= WORKS_MS) this.#answered[at] = 0;
      if (this.#failsAt(at, time)) this.#failing[at - first + kind * DESTINATION_CELLS]++;
    }
  }

  /** Whether a destination that fails at an exit works at another one. */
  worksElsewhere(exit: number, other: number, kind: number, time: number): boolean {
    const first = cellOf(exit, kind, 0);
    const shift = cellOf(other, kind, 0) - first;
    for (let at = first; at < first + DESTINATION_CELLS; at++) {
      if (this.#failsAt(at, time) && this.#worksAt(at + shift, time)) return true;
    }
    return false;
  }

  /** How many destinations that fail at an exit work at any other one. Not for the packet path. */
  countLost(exit: number, time: number): number {
    let lost = 0;
    for (let cell = 0; cell < DATA_CLASSES * DESTINATION_CELLS; cell++) {
      if (!this.#failsAt(exit * DATA_CLASSES * DESTINATION_CELLS + cell, time)) continue;
      for (let other = 0; other < EXITS; other++) {
        if (other === exit || !this.#worksAt(other * DATA_CLASSES * DESTINATION_CELLS + cell, time)) continue;
        lost++;
        break;
      }
    }
    return lost;
  }

  /** Forgets what is known of an exit. */
  forget(exit: number): void {
    const first = cellOf(exit, 0, 0);
    const end = first + DATA_CLASSES * DESTINATION_CELLS;
    this.#since.fill(0, first, end);
    this.#answered.fill(0, first, end);
  }

  #worksAt(at: number, time: number): boolean {
    const answered = this.#answered[at];
    return answered !== 0 && ((time - answered) | 0) < WORKS_MS && !this.#failsAt(at, time);
  }

  #failsAt(at: number, time: number): boolean {
    const since = this.#since[at];
    if (since === 0 || ((time - since) | 0) < UNANSWERED_MS || ((time - this.#asked[at]) | 0) >= STALE_MS) return false;
    return bitsOf(this.#clients[at]) >= MIN_CLIENTS;
  }
}

function cellOf(exit: number, kind: number, place: number): number {
  return (exit * DATA_CLASSES + kind) * DESTINATION_CELLS + (place & (DESTINATION_CELLS - 1));
}
