/** The owner's bandwidth limit, one direction: a token bucket of bytes. No allocation. */
export class TokenBucket {
  readonly #bytesPerMs: number;
  readonly #size: number;
  #tokens: number;
  #filledAt: number;

  /** @param bitsPerSecond `undefined` for no limit. Holds a tenth of a second, but at least 64 KB. */
  constructor(bitsPerSecond: number | undefined, now: number) {
    this.#bytesPerMs = bitsPerSecond === undefined ? Number.POSITIVE_INFINITY : bitsPerSecond / 8000;
    this.#size = Math.max(65_536, this.#bytesPerMs * 100);
    this.#tokens = this.#size;
    this.#filledAt = now;
  }

  /**
   * Whether so many bytes may pass at `now` (milliseconds); if so, they are counted. They may while any are left, and the
   * bucket owes the rest: otherwise small packets would take each token before there are enough for a super-packet.
   */
  take(bytes: number, now: number): boolean {
    if (this.#bytesPerMs === Number.POSITIVE_INFINITY) return true;
    if (now > this.#filledAt) {
      this.#tokens = Math.min(this.#size, this.#tokens + (now - this.#filledAt) * this.#bytesPerMs);
      this.#filledAt = now;
    }
    if (this.#tokens <= 0) return false;
    this.#tokens -= bytes;
    return true;
  }
}
