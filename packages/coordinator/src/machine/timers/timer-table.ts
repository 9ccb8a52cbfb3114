/**
 * Deadlines as data: each is a kind of timer and the thing that it is about. Setting it again moves it. The table calls
 * nobody; {@link TimerTable.takeDue} returns what is due, once. A heap keeps the order; entries that were moved or cancelled
 * stay in it until they reach the top, or until they are most of it.
 */

/** A timer that is due. */
export type DueTimer<Subjects> = {
  readonly [Kind in keyof Subjects]: { readonly kind: Kind; readonly subject: Subjects[Kind] };
}[keyof Subjects];

interface Entry {
  readonly kind: PropertyKey;
  readonly subject: object;
  /** Milliseconds. */
  readonly at: number;
  isVoid: boolean;
}

/** `Subjects` maps each kind of timer to what it is about: an object, compared by identity. */
export class TimerTable<Subjects extends { readonly [Kind in keyof Subjects]: object }> {
  readonly #byKind: Map<PropertyKey, Map<object, Entry>> = new Map();
  #heap: Entry[] = [];
  #size = 0;

  /** How many timers are set. */
  get size(): number {
    return this.#size;
  }

  /** When the next one is due, in milliseconds, or infinity. */
  get next(): number {
    while (this.#heap.length > 0 && this.#heap[0].isVoid) this.#pop();
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Sets the timer of this kind for this subject, or moves it. @param at milliseconds */
  set<Kind extends keyof Subjects>(kind: Kind, subject: Subjects[Kind], at: number): void {
    this.cancel(kind, subject);
    const entry: Entry = { kind, subject, at, isVoid: false };
    const ofKind = this.#byKind.get(kind);
    if (ofKind === undefined) this.#byKind.set(kind, new Map([[subject, entry]]));
    else ofKind.set(subject, entry);
    this.#size++;
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  has<Kind extends keyof Subjects>(kind: Kind, subject: Subjects[Kind]): boolean {
    return this.#byKind.get(kind)?.has(subject) === true;
  }

  cancel<Kind extends keyof Subjects>(kind: Kind, subject: Subjects[Kind]): void {
    const entry = this.#byKind.get(kind)?.get(subject);
    if (entry === undefined) return;
    entry.isVoid = true;
    this.#forget(entry);
    if (this.#heap.length > 2 * this.#size + 64) this.#rebuild();
  }

  /** Takes the first timer out of the table that is due at `now` (milliseconds), or returns `undefined`. */
  takeDue(now: number): DueTimer<Subjects> | undefined {
    if (this.next > now) return undefined;
    const entry = this.#pop();
    this.#forget(entry);
    // `set` put in this kind together with a subject that belongs to it.
    return { kind: entry.kind, subject: entry.subject } as DueTimer<Subjects>;
  }

  #forget({ kind, subject }: Entry): void {
    this.#byKind.get(kind)?.delete(subject);
    this.#size--;
  }

  #pop(): Entry {
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
