/**
 * Deadlines by name: setting a name again moves it, and each fires once. A heap keeps them in order; entries that were
 * moved or cancelled stay in it until they come up, or until they are most of it.
 */
interface Entry {
  readonly at: number;
  readonly fire: () => void;
  isVoid: boolean;
}

/** When thousands of peers fall silent together, others are heard in between. */
export const MOST_FIRED = 32;

export class Timers {
  readonly #byName: Map<string, Entry> = new Map();
  #heap: (Entry & { readonly name: string })[] = [];

  /** How many wait. */
  get size(): number {
    return this.#byName.size;
  }

  /** When the next one is due, in milliseconds, or infinity. */
  get next(): number {
    this.#dropVoid();
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Fires once at `at`, instead of whatever had this name. */
  set(name: string, at: number, fire: () => void): void {
    this.cancel(name);
    const entry = { name, at, fire, isVoid: false };
    this.#byName.set(name, entry);
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  cancel(name: string): void {
    const entry = this.#byName.get(name);
    if (entry === undefined) return;
    entry.isVoid = true;
    this.#byName.delete(name);
    if (this.#heap.length > 2 * this.#byName.size + 64) this.#rebuild();
  }

  /**
   * Fires what is due, in order; what is set meanwhile for a time that has come fires, too. At most {@link MOST_FIRED}: the
   * rest is due still, and whoever asks for `next` comes back for it.
   */
  fire(now: number): void {
    for (let fired = 0; fired < MOST_FIRED && this.next <= now; fired++) {
      const entry = this.#pop();
      this.#byName.delete(entry.name);
      entry.fire();
    }
  }

  #dropVoid(): void {
    while (this.#heap.length > 0 && this.#heap[0].isVoid) this.#pop();
  }

  #pop(): Entry & { readonly name: string } {
    const [first] = this.#heap;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rebuild(): void {
    this.#heap = this.#heap.filter((entry) => !entry.isVoid).sort((a, b) => a.at - b.at);
  }

  #rise(index: number): void {
    for (let child = index; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (this.#heap[parent].at <= this.#heap[child].at) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #sink(index: number): void {
    for (let parent = index; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < this.#heap.length && this.#heap[child].at < this.#heap[least].at) least = child;
      }
      if (least === parent) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b], this.#heap[a]];
  }
}
