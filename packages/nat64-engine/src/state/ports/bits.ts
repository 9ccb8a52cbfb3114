/** Sets or clears bits of a word. */
export function setBit(memory: Int32Array, at: number, bit: number, value: boolean): void {
  if (value) memory[at] |= bit;
  else memory[at] &= ~bit;
}

/** Sets the bits `from` … `to` − 1 of a map. */
export function setBits(memory: Int32Array, map: number, from: number, to: number): void {
  let bit = from;
  for (; bit < to && (bit & 31) !== 0; bit++) memory[map + (bit >> 5)] |= 1 << bit;
  for (; bit + 32 <= to; bit += 32) memory[map + (bit >> 5)] = -1;
  for (; bit < to; bit++) memory[map + (bit >> 5)] |= 1 << bit;
}

/** Index of the lowest bit that is set, from bit `from` (0 … 31) on; 32 or more when there is none. */
export function firstBit(word: number, from: number): number {
  const rest = word & (-1 << from);
  return rest === 0 ? 64 : 31 - Math.clz32(rest & -rest);
}

/** The first index from `from` to below `to` whose bit is set in both maps, or −1. */
export function findBit(memory: Int32Array, first: number, second: number, from: number, to: number): number {
  for (let word = from >> 5; word << 5 < to; word++) {
    const bit = firstBit(memory[first + word] & memory[second + word], word === from >> 5 ? from & 31 : 0);
    if (bit < 32) return (word << 5) + bit < to ? (word << 5) + bit : -1;
  }
  return -1;
}

/** Number of bits that are set. */
export function popcount(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
