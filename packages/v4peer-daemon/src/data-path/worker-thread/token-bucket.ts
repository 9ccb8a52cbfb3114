/**
 * Milliseconds of bandwidth that a bucket holds. TCP that has lost a whole window waits for its retransmission timeout, at
 * least 200 ms on Linux: with less than that, what it does not use meanwhile is lost, and it gets half of the limit.
 */
const DEPTH = 250;

/** The owner's bandwidth limit, one direction: a token bucket of bytes. No allocation. */
export class TokenBucket {
  readonly #bytesPerMs: number;
  readonly #size: number;
  #tokens: number;
  #filledAt: number;

  /** @param bitsPerSecond `undefined` for no limit. Holds {@link DEPTH}, but at least 64 KB. */
  constructor(bitsPerSecond: number | undefined, now: number) {
    this.#bytesPerMs = bitsPerSecond === undefined ? Number.POSITIVE_INFINITY : bitsPerSecond / 8000;
    this.#size = Math.max(65_536, this.#bytesPerMs * DEPTH);
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
