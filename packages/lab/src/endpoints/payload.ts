/** Bytes that look random but are the same each time: xorshift32 (Marsaglia, 2003). */
export function payload(count: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(count / 4));
  let x = 0x2545f491;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer, 0, count);
}
