/** The inputs that are worth mutating: each of them reached something that no earlier one did. */
import type { Random } from "../input/random.ts";

/** The most inputs; later ones replace old ones at random. */
const MOST_INPUTS = 8192;

/** A pool of inputs. */
export class Pool {
  readonly #inputs: Uint8Array[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#inputs.length;
  }

  get inputs(): readonly Uint8Array[] {
    return this.#inputs;
  }

  add(input: Uint8Array): void {
    if (this.#inputs.length < MOST_INPUTS) this.#inputs.push(input);
    else this.#inputs[this.#random.below(MOST_INPUTS)] = input;
  }

  /** An input to mutate: half of the time one of the newest, as they lead to places where nobody has been. */
  pick(): Uint8Array {
    const { length } = this.#inputs;
    if (length === 0) return new Uint8Array(0);
    const from = this.#random.below(2) === 0 ? length - Math.min(length, 1 + (length >> 3)) : 0;
    return this.#inputs[from + this.#random.below(length - from)];
  }

  /** Any input. */
  any(): Uint8Array {
    const { length } = this.#inputs;
    return length === 0 ? new Uint8Array(0) : this.#inputs[this.#random.below(length)];
  }
}
