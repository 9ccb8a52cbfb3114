/**
 * Milliseconds of the rate that are made up for when packets wait and the caller comes late: what a busy machine costs
 * is no reason to fall short of the rate.
 */
const MAKE_UP = 50;

/** The burst that is allowed when nothing else is said: so many milliseconds of the rate, but room for two packets. */
const DEFAULT_BURST = 10;
const MIN_BURST_BYTES = 3028;

const TOKENS = 0;
const FILLED_AT = 1;

/**
 * A token bucket of bytes that may go into debt: a packet may leave while there is any token, so that it need not fit
 * the burst, and the rate holds in the long run. The numbers are in an array, so that changing one allocates nothing.
 */
export class TokenBucket {
  readonly #state: Float64Array = new Float64Array(2);
  #bytesPerMs = Number.POSITIVE_INFINITY;
  #burst = Number.POSITIVE_INFINITY;

  /**
   * Sets the rate; what is owed stays owed.
   *
   * @param bitsPerSecond Infinity for no limit
   * @param burst bytes that may go at once after a pause; left out, 10 ms of the rate, at least two packets
   */
  set(bitsPerSecond: number, burst: number | undefined, now: number): void {
    const isFirst = this.isUnlimited;
    this.#bytesPerMs = bitsPerSecond / 8000;
    this.#burst = burst ?? Math.max(MIN_BURST_BYTES, this.#bytesPerMs * DEFAULT_BURST);
    const state = this.#state;
    state[TOKENS] = isFirst ? this.#burst : Math.min(state[TOKENS], this.#burst);
    state[FILLED_AT] = now;
  }

  get isUnlimited(): boolean {
    return this.#bytesPerMs === Number.POSITIVE_INFINITY;
  }

  /** Bytes of a millisecond; Infinity without a limit. */
  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  /** Adds what the time since the last call has brought. @param isBusy whether packets wait */
  fill(now: number, isBusy: boolean): void {
    if (this.isUnlimited) return;
    const state = this.#state;
    const elapsed = now - state[FILLED_AT];
    state[FILLED_AT] = now;
    if (elapsed <= 0) return;
    const most = isBusy ? Math.max(this.#burst, this.#bytesPerMs * MAKE_UP) : this.#burst;
    state[TOKENS] = Math.min(state[TOKENS] + elapsed * this.#bytesPerMs, Math.max(most, state[TOKENS]));
  }

  /** Whether a packet may go. */
  get isOpen(): boolean {
    return this.isUnlimited || this.#state[TOKENS] > 0;
  }

  take(bytes: number): void {
    if (!this.isUnlimited) this.#state[TOKENS] -= bytes;
  }

  /** Milliseconds from the last {@link fill} until a packet may go. */
  get wait(): number {
    if (this.isOpen) return 0;
    // One byte more than the debt: a bucket that is exactly empty is not open.
    return (1 - this.#state[TOKENS]) / this.#bytesPerMs;
  }
}
