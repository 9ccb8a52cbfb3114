/**
 * Doubly linked lists, oldest first, through two words of the records: `word` is the next newer entry, `word + 1` the next older
 * one. An entry is in at most one of the lists.
 */
export class IntrusiveLists {
  readonly #records: Int32Array;
  readonly #stride: number;
  readonly #word: number;
  readonly #oldest: Int32Array;
  readonly #newest: Int32Array;

  constructor(records: Int32Array, stride: number, word: number, lists: number) {
    this.#records = records;
    this.#stride = stride;
    this.#word = word;
    this.#oldest = new Int32Array(lists).fill(-1);
    this.#newest = new Int32Array(lists).fill(-1);
  }

  /** The oldest entry of a list, or −1. */
  oldest(list: number): number {
    return this.#oldest[list];
  }

  append(list: number, entry: number): void {
    const older = this.#newest[list];
    this.#records[entry * this.#stride + this.#word] = -1;
    this.#records[entry * this.#stride + this.#word + 1] = older;
    if (older >= 0) this.#records[older * this.#stride + this.#word] = entry;
    else this.#oldest[list] = entry;
    this.#newest[list] = entry;
  }

  remove(list: number, entry: number): void {
    const newer = this.#records[entry * this.#stride + this.#word];
    const older = this.#records[entry * this.#stride + this.#word + 1];
    if (older >= 0) this.#records[older * this.#stride + this.#word] = newer;
    else this.#oldest[list] = newer;
    if (newer >= 0) this.#records[newer * this.#stride + this.#word + 1] = older;
    else this.#newest[list] = older;
  }
}
