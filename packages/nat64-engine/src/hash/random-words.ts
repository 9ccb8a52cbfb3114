import { KeyedHash } from "./keyed-hash.ts";

/**
 * Unpredictable numbers from a random seed: HalfSipHash over a counter. Good enough for ports (RFC 6056 §3.3), not for keys.
 */
export class RandomWords {
  readonly #hash: KeyedHash;
  #counter = 0;

  constructor(k0: number, k1: number) {
    this.#hash = new KeyedHash(k0, k1);
  }

  /** The next number, 32 bits, signed. */
  next(): number {
    this.#counter = (this.#counter + 1) | 0;
    return this.#hash.of3(this.#counter, 0, 0);
  }
}
