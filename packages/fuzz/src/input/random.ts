/** A random generator with a seed: the same seed gives the same inputs (xorshift128). */
export class Random {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #d = 0x243f6a88;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = (seed / 0x1_0000_0000) | 0;
    for (let i = 0; i < 16; i++) this.word();
  }

  /** A signed 32-bit word. */
  word(): number {
    let t = this.#d;
    const s = this.#a;
    this.#d = this.#c;
    this.#c = this.#b;
    this.#b = s;
    t ^= t << 11;
    t ^= t >>> 8;
    this.#a = t ^ s ^ (s >>> 19);
    return this.#a | 0;
  }

  /** A whole number from 0 to `count` − 1; `count` is at most 2^31. */
  below(count: number): number {
    return (this.word() >>> 0) % count;
  }
}
