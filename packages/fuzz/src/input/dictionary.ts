/** Byte strings for mutations, from the literals in the code under test. */

/** Makes the dictionary: strings as UTF-8, numbers as big-endian words of each size that holds them. */
export function makeDictionary(
  strings: Iterable<string>,
  numbers: Iterable<number>,
  more: readonly Uint8Array[],
): readonly Uint8Array[] {
  const encoder = new TextEncoder();
  return [...more, ...Array.from(strings, (text) => encoder.encode(text)), ...Array.from(numbers).flatMap(wordsOf)];
}

function wordsOf(value: number): Uint8Array[] {
  return [1, 2, 4].filter((bytes) => value < 256 ** bytes).map((bytes) => bigEndian(value, bytes));
}

function bigEndian(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)));
}
