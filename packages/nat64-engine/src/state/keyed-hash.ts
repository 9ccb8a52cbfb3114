/**
 * HalfSipHash-1-3 over a few 32-bit words: the hash of every table here.
 *
 * Clients choose their addresses and ports, so whoever knows the hash function can put all their flows into one bucket.
 * With a random 64-bit key they cannot. One and three rounds are what Linux uses for its own tables on 32-bit machines
 * (`hsiphash`); the result is that of the reference on the words' little-endian bytes.
 */
export class KeyedHash {
  readonly #k0: number;
  readonly #k1: number;

  /** @param k0 @param k1 the key: two random words */
  constructor(k0: number, k1: number) {
    this.#k0 = k0 | 0;
    this.#k1 = k1 | 0;
  }

  /**
   * Hashes the first `count` of the words.
   *
   * @param count 1 … 5; words behind that are ignored, pass 0
   * @returns 32 bits, signed
   */
  hash(count: number, a: number, b: number, c: number, d: number, e: number): number {
    let v0 = this.#k0;
    let v1 = this.#k1;
    let v2 = 0x6c796765 ^ v0;
    let v3 = 0x74656462 ^ v1;
    // One round for each word, one for the length in bytes (in the top byte), then three to finish.
    const finish = count + 1;
    for (let i = 0; i < finish + 3; i++) {
      let m = 0;
      if (i < count) m = i === 0 ? a : i === 1 ? b : i === 2 ? c : i === 3 ? d : e;
      else if (i === count) m = count << 26;
      else if (i === finish) v2 ^= 0xff;
      v3 ^= m;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= m;
    }
    return v1 ^ v3;
  }
}
