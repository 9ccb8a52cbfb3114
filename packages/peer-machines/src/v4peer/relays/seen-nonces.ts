/** The recent nonces of one pair, in bounded memory. The oldest is forgotten first. */
import { NONCE_LENGTH } from "@nat64/peer-protocol";

export class SeenNonces {
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#bytes = new Uint8Array(capacity * NONCE_LENGTH);
  }

  /** Whether the nonce was seen recently. */
  has(nonce: Uint8Array): boolean {
    const bytes = this.#bytes;
    const end = Math.min(this.#count, this.#capacity) * NONCE_LENGTH;
    for (let at = 0; at < end; at += NONCE_LENGTH) {
      let i = 0;
      while (i < NONCE_LENGTH && bytes[at + i] === nonce[i]) i++;
      if (i === NONCE_LENGTH) return true;
    }
    return false;
  }

  /** Remembers a nonce. */
  add(nonce: Uint8Array): void {
    this.#bytes.set(nonce, (this.#count % this.#capacity) * NONCE_LENGTH);
    this.#count++;
  }
}
