import { hashText, mix } from "./hash-words.ts";

/**
 * A stream of pseudo-random numbers: the generator sfc32 (Chris Doty-Humphrey's Small Fast Counting generator with
 * 32-bit words). A stream is identified by a seed and a name, so that adding a stream
 * does not change the others. Suitable for simulations, not for secrets.
 */
export class Random {
  readonly #seed: number;
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed an integer @param name the name of the stream */
  constructor(seed: number, name: string) {
    this.#seed = seed;
    this.#name = name;
    const high = Math.floor(seed / 2 ** 32);
    this.#a = hashText(name, mix(seed | 0, high | 0));
    this.#b = hashText(name, mix(this.#a, 0x6a09e667));
    this.#c = hashText(name, mix(this.#b, seed | 0));
    for (let round = 0; round < 12; round++) this.int32();
  }

  /** Another stream of the same seed, below this one's name. */
  derive(name: string): Random {
    return new Random(this.#seed, `${this.#name}/${name}`);
  }

  /** A signed 32-bit word. */
  int32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  /** 0 ≤ number < 1, in steps of 2⁻³². */
  float(): number {
    return (this.int32() >>> 0) / 2 ** 32;
  }

  /** An integer, 0 ≤ number < limit ≤ 2³². */
  below(limit: number): number {
    return Math.floor(this.float() * limit);
  }

  /** True with a probability. Draws nothing when it is 0 or 1. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.float() < probability;
  }

  /** Exponentially distributed: the time until something that happens once per `mean` on average. */
  exponential(mean: number): number {
    return -Math.log(1 - this.float()) * mean;
  }

  /** Fills bytes and returns them. */
  fill(bytes: Uint8Array): Uint8Array {
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.int32() >>> 24;
    return bytes;
  }
}
