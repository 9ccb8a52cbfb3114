/**
 * A lazy timing wheel: one list of entries for each tick of {@link TICK_MS}.
 *
 * The expiry of an entry is a word of the table that the entry belongs to. To refresh an entry, only that word is written: the
 * entry stays in its old slot, and moves to the right one when the old one comes up. Only when an expiry moves *earlier*, call
 * {@link TimerWheel.shorten}. Entries never come out early, and at most one tick late if `next` is called in time.
 *
 * Times are milliseconds as int32 that may wrap; two of them differ by less than 2^31.
 */
export const TICK_MS = 1024;
const TICK_SHIFT = 10;
/** Ticks have 22 bits: an int32 of milliseconds without its low ten bits. */
const TICK_MASK = 0x3fffff;
/** Slots of the wheel: 2 h 19 min, more than TCP_EST (2 h 4 min), so that a session is put in a slot only once. */
const SLOTS = 8192;

/** Words that a {@link TimerWheel} needs for `capacity` entries. */
export function timerWheelWords(capacity: number): number {
  return SLOTS + 2 * capacity;
}

export class TimerWheel {
  readonly #expiry: Int32Array;
  readonly #stride: number;
  readonly #word: number;
  readonly #heads: Int32Array;
  /** Two words for each entry: next, and previous or ~slot for the first of its slot. −1 in `next` ends a list. */
  readonly #links: Int32Array;
  /** The tick whose slot is processed now. */
  #cursor: number;
  #count = 0;
  #touched = 0;

  /**
   * @param memory {@link timerWheelWords} words
   * @param expiry the records whose word `entry * stride + word` is the expiry of an entry
   */
  constructor(memory: Int32Array, expiry: Int32Array, stride: number, word: number, now: number) {
    this.#heads = memory.subarray(0, SLOTS).fill(-1);
    this.#links = memory.subarray(SLOTS);
    this.#expiry = expiry;
    this.#stride = stride;
    this.#word = word;
    this.#cursor = now >>> TICK_SHIFT;
  }

  /** Entries in the wheel. */
  get count(): number {
    return this.#count;
  }

  /** Entries that the last call of {@link next} touched: what it used of its budget. */
  get touched(): number {
    return this.#touched;
  }

  /** Adds an entry that is not in the wheel. */
  add(entry: number): void {
    const due = ((this.#expiry[entry * this.#stride + this.#word] >>> TICK_SHIFT) + 1) & TICK_MASK;
    let distance = (due - this.#cursor) & TICK_MASK;
    // Already past (more than half the circle away): the next slot. Beyond the wheel: the farthest slot.
    if (distance === 0 || distance > TICK_MASK >> 1) distance = 1;
    else if (distance >= SLOTS) distance = SLOTS - 1;
    const slot = (this.#cursor + distance) & (SLOTS - 1);
    const links = this.#links;
    const head = this.#heads[slot];
    links[2 * entry] = head;
    links[2 * entry + 1] = ~slot;
    if (head >= 0) links[2 * head + 1] = entry;
    this.#heads[slot] = entry;
    this.#count++;
  }

  /** Removes an entry that is in the wheel. */
  remove(entry: number): void {
    const links = this.#links;
    const next = links[2 * entry];
    const previous = links[2 * entry + 1];
    if (previous < 0) this.#heads[~previous] = next;
    else links[2 * previous] = next;
    if (next >= 0) links[2 * next + 1] = previous;
    this.#count--;
  }

  /** Must be called after the expiry of an entry moved to an earlier time. */
  shorten(entry: number): void {
    this.remove(entry);
    this.add(entry);
  }

  /** Continues at `now` after a pause of any length: one turn of the wheel meets every entry. */
  resume(now: number): void {
    this.#cursor = ((now >>> TICK_SHIFT) - SLOTS) & TICK_MASK;
  }

  /**
   * Removes one entry whose time has come.
   *
   * @param budget how many entries may be touched, the one that is returned included: entries that were refreshed since
   *   they were put in are put back on the way, and count. {@link touched} tells how many it was
   * @returns the entry; −1 when there is none; −2 when the budget did not suffice to tell
   */
  next(now: number, budget: number): number {
    this.#touched = 0;
    const nowTick = now >>> TICK_SHIFT;
    const behind = (nowTick - this.#cursor) & TICK_MASK;
    if (behind > TICK_MASK >> 1) return -1; // the clock went back
    // After a long pause one turn of the wheel meets every entry.
    if (behind > SLOTS) this.#cursor = (nowTick - SLOTS) & TICK_MASK;
    for (;;) {
      const entry = this.#heads[this.#cursor & (SLOTS - 1)];
      if (entry >= 0) {
        if (this.#touched === budget) return -2;
        this.#touched++;
        this.remove(entry);
        if (((this.#expiry[entry * this.#stride + this.#word] - now) | 0) <= 0) return entry;
        this.add(entry);
      } else {
        if (this.#cursor === nowTick) return -1;
        this.#cursor = (this.#cursor + 1) & TICK_MASK;
      }
    }
  }
}
