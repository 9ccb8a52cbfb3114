/** The counters of all instrumented modules, and which of them were ever reached. */
import { REGISTER } from "./instrument.ts";

/** Room for the counters of the largest target, all daemons included. */
const MAP_BYTES = 1 << 17;

/** A bit for each power of two: how often, roughly, a counter was reached. */
const BUCKET: Uint8Array = Uint8Array.from({ length: 256 }, (_, count) => (count === 0 ? 0 : 1 << bucketOf(count)));

function bucketOf(count: number): number {
  if (count <= 3) return count - 1;
  return count < 8 ? 3 : count < 16 ? 4 : count < 32 ? 5 : count < 128 ? 6 : 7;
}

/** The map of this process. There is only one, because modules are loaded once. */
export class CoverageMap {
  readonly #counters = new Uint8Array(MAP_BYTES);
  readonly #reached = new Uint8Array(MAP_BYTES);
  #words = new Int32Array(this.#counters.buffer, 0, 0);
  #size = 0;
  #branches = 0;
  readonly strings: Set<string> = new Set();
  readonly numbers: Set<number> = new Set();

  /** Makes room for modules that are loaded from now on. */
  install(): void {
    const register = (_name: string, count: number, strings: readonly string[], numbers: readonly number[]) =>
      this.#register(count, strings, numbers);
    Object.assign(globalThis, { [REGISTER]: register });
  }

  /** Counters in the code under test. */
  get size(): number {
    return this.#size;
  }

  /** Counters that some input reached. */
  get branches(): number {
    return this.#branches;
  }

  /** Call before an input runs. */
  clear(): void {
    this.#counters.fill(0, 0, this.#words.length * 4);
  }

  /** Notes what the last input reached. Returns whether no earlier input did that. */
  hasNew(): boolean {
    const words = this.#words;
    const counters = this.#counters;
    const reached = this.#reached;
    let isNew = false;
    for (let word = 0; word < words.length; word++) {
      if (words[word] === 0) continue;
      for (let at = word * 4; at < word * 4 + 4; at++) {
        const bit = BUCKET[counters[at]];
        if ((reached[at] & bit) === bit) continue;
        if (reached[at] === 0) this.#branches++;
        reached[at] |= bit;
        isNew = true;
      }
    }
    return isNew;
  }

  /** What the last input reached: the number of each counter, times eight, plus its bucket. */
  features(): Uint32Array {
    const found: number[] = [];
    for (let at = 0; at < this.#size; at++) {
      const bit = BUCKET[this.#counters[at]];
      if (bit !== 0) found.push(at * 8 + Math.log2(bit));
    }
    return Uint32Array.from(found);
  }

  #register(count: number, strings: readonly string[], numbers: readonly number[]): Uint8Array {
    const from = this.#size;
    if (from + count > MAP_BYTES)
      throw new RangeError("The code under test has more branches than the map has room for.");
    this.#size += count;
    this.#words = new Int32Array(this.#counters.buffer, 0, (this.#size + 3) >> 2);
    for (const text of strings) this.strings.add(text);
    for (const number of numbers) this.numbers.add(number);
    return this.#counters.subarray(from, from + count);
  }
}
