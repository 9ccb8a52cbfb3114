/** Reads an input as a list of steps: numbers and byte strings, one after the other. After the end, everything is zero. */
export class InputReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether bytes are left. */
  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** 0 … 255. */
  byte(): number {
    return this.#at < this.#bytes.length ? this.#bytes[this.#at++] : 0;
  }

  /** A big-endian number of two bytes. */
  word(): number {
    return this.byte() * 256 + this.byte();
  }

  /** A whole number from 0 to `count` − 1; `count` is at most 256. */
  below(count: number): number {
    return this.byte() % count;
  }

  /** One of several values. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** A byte string with its length before it, two bytes. A view; short if the input ends. */
  bytes(longest: number): Uint8Array {
    return this.take(Math.min(this.word(), longest));
  }

  /** So many bytes. A view; short if the input ends. */
  take(count: number): Uint8Array {
    const from = this.#at;
    this.#at = Math.min(this.#bytes.length, from + count);
    return this.#bytes.subarray(from, this.#at);
  }

  /** All bytes that are left. A view. */
  rest(): Uint8Array {
    return this.take(this.#bytes.length);
  }
}
