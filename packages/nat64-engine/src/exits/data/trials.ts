import { EXITS } from "./data-class.ts";

/** How long a suspect exit gets no new clients before it is tried again, the first time. */
const FIRST_PAUSE_MS = 10_000;
/** … and at most: each trial that fails doubles the pause. */
const LONGEST_PAUSE_MS = 600_000;
/** New flows of a trial. */
const FLOWS = 4;
/** A trial needs so many answers to succeed, and one for every other flow. */
const MIN_ANSWERS = 2;
/** After the last flow of a trial, its answers are waited for this long. */
const SETTLED_MS = 2500;
/** A trial without an end, because flows keep coming, is judged after this long. */
const LONGEST_TRIAL_MS = 5000;
/** A trial gets other flows when its own showed nothing for this long. */
const SPENT_MS = 10_000;
/** The pauses are short again after good service for this many times the last pause. */
const FORGIVEN_AFTER = 10;

/** New clients take part in a trial. When none came for this long, others open their next flows there. */
const PATIENCE_MS = 20_000;

/** How a trial stands. */
export const Trial = { open: 0, failed: 1, passed: 2 } as const;

/**
 * Trials of suspect exits: after a pause an exit gets a few new flows. If they are answered, it is trusted again; if not, the next
 * pause is twice as long.
 */
export class Trials {
  readonly #pause = new Int32Array(EXITS);
  readonly #tryAt = new Int32Array(EXITS);
  readonly #isOpen = new Uint8Array(EXITS);
  readonly #left = new Int32Array(EXITS);
  readonly #tried = new Int32Array(EXITS);
  readonly #worked = new Int32Array(EXITS);
  readonly #placedAt = new Int32Array(EXITS);
  readonly #firstAt = new Int32Array(EXITS);
  readonly #lastAt = new Int32Array(EXITS);
  readonly #passedAt = new Int32Array(EXITS);

  /** An exit became suspect: its first pause begins. */
  begin(exit: number, time: number): void {
    const last = this.#pause[exit];
    const isForgiven = last === 0 || ((time - this.#passedAt[exit]) | 0) >= Math.min(last * FORGIVEN_AFTER, 2 ** 30);
    this.#pause[exit] = isForgiven ? FIRST_PAUSE_MS : Math.min(last * 2, LONGEST_PAUSE_MS);
    this.#tryAt[exit] = (time + this.#pause[exit]) | 0;
    this.#close(exit);
  }

  /** Whether a trial runs that has flows left. */
  takes(exit: number): boolean {
    return this.#isOpen[exit] === 1 && this.#left[exit] > 0;
  }

  /** Whether a trial has been open for {@link PATIENCE_MS} and has flows left. */
  isWaiting(exit: number, time: number): boolean {
    return this.takes(exit) && ((time - this.#tryAt[exit]) | 0) >= PATIENCE_MS;
  }

  /** Whether a trial runs. */
  isOpen(exit: number): boolean {
    return this.#isOpen[exit] === 1;
  }

  /** Milliseconds until the next trial; 0 while one runs. */
  pauseLeft(exit: number, time: number): number {
    return this.#isOpen[exit] === 1 ? 0 : Math.max(0, (this.#tryAt[exit] - time) | 0);
  }

  /** A new flow goes to a suspect exit. */
  placed(exit: number, time: number): void {
    this.#left[exit]--;
    this.#placedAt[exit] = time;
  }

  /** What is suspect is tried: a new flow or a large packet, in a trial or because there is no other exit. */
  asked(exit: number, time: number): void {
    if (this.#tried[exit]++ === 0) this.#firstAt[exit] = time;
    this.#lastAt[exit] = time;
  }

  /** It is answered. */
  answered(exit: number): void {
    if (this.#worked[exit] < this.#tried[exit]) this.#worked[exit]++;
  }

  /** Opens a trial whose time has come. @returns whether it did */
  open(exit: number, time: number): boolean {
    if (this.#isOpen[exit] === 1 || ((time - this.#tryAt[exit]) | 0) < 0) return false;
    this.#isOpen[exit] = 1;
    this.#left[exit] = FLOWS;
    this.#tried[exit] = 0;
    this.#worked[exit] = 0;
    return true;
  }

  /** {@link Trial}: how the flows of a suspect exit fare. A trial that failed is closed, and the next pause begins. */
  judge(exit: number, time: number): number {
    const tried = this.#tried[exit];
    if (tried === 0) {
      // The flows of this trial had no large packets: others may.
      const isSpent = this.#isOpen[exit] === 1 && this.#left[exit] <= 0;
      if (isSpent && ((time - this.#placedAt[exit]) | 0) >= SPENT_MS) this.#left[exit] = FLOWS;
      return Trial.open;
    }
    const worked = this.#worked[exit];
    const isSettled = ((time - this.#lastAt[exit]) | 0) >= SETTLED_MS;
    const isLong = ((time - this.#firstAt[exit]) | 0) >= LONGEST_TRIAL_MS;
    if (worked >= MIN_ANSWERS && worked * 2 >= tried && (isSettled || isLong || worked === tried)) {
      this.#passedAt[exit] = time;
      return Trial.passed;
    }
    if (!isLong && !(isSettled && (this.#left[exit] <= 0 || worked * 2 < tried))) return Trial.open;
    if (this.#isOpen[exit] === 1) {
      this.#pause[exit] = Math.min(this.#pause[exit] * 2, LONGEST_PAUSE_MS);
      this.#tryAt[exit] = (time + this.#pause[exit]) | 0;
    }
    this.#close(exit);
    return Trial.failed;
  }

  /** Forgets an exit: another one has its place. */
  forget(exit: number): void {
    this.#pause[exit] = 0;
    this.#isOpen[exit] = 0;
    this.#tried[exit] = 0;
  }

  #close(exit: number): void {
    this.#isOpen[exit] = 0;
    this.#left[exit] = 0;
    this.#tried[exit] = 0;
    this.#worked[exit] = 0;
  }
}
