/** Throws `RangeError` unless each is an integer that a batch can have as a size. */
export function checkSizes(...sizes: readonly number[]): void {
  for (const size of sizes) {
    if (!Number.isInteger(size) || size < 1 || size > 0x7fffffff) {
      throw new RangeError(`a batch needs positive integers as its sizes, not ${size}`);
    }
  }
}
