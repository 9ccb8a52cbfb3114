/**
 * HalfSipHash-1-3 over three 32-bit words. Strangers choose Teredo addresses; without the key they cannot put theirs
 * into one bucket. @nat64/nat64-engine has the same with the rounds written out, as it asks for every packet; here one
 * question is for a run of packets.
 */
export class KeyedHash {
  readonly #k0: number;
  readonly #k1: number;

  /** @param k0 @param k1 the key: two random words */
  constructor(k0: number, k1: number) {
    this.#k0 = k0 | 0;
    this.#k1 = k1 | 0;
  }

  /** Hashes three words. @returns 32 bits, signed */
  of3(a: number, b: number, c: number): number {
    let v0 = this.#k0;
    let v1 = this.#k1;
    let v2 = 0x6c796765 ^ v0;
    let v3 = 0x74656462 ^ v1;
    // Three rounds for the words, one for the length, three to finish.
    for (let round = 0; round < 7; round++) {
      const word = round === 0 ? a : round === 1 ? b : round === 2 ? c : round === 3 ? 3 << 26 : 0;
      if (round === 4) v2 ^= 0xff;
      v3 ^= word;
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
      v0 ^= word;
    }
    return v1 ^ v3;
  }
}
