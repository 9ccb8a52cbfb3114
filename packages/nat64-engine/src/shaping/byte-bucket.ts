/**
 * When packets wait and the caller is late, so many milliseconds of the rate are caught up: a busy machine should not fall short of
 * the rate.
 */
const CATCH_UP_MS = 50;

/** The default burst: so many milliseconds of the rate, at least two packets. */
const DEFAULT_BURST_MS = 10;
const MIN_BURST_BYTES = 3028;

const TOKENS = 0;
const FILLED_AT = 1;

/**
 * A token bucket of bytes that may go into debt: a packet can be sent while there is any token, so it need not fit the burst, and
 * the rate holds over time. Otherwise small packets would take each token before there are enough for a super-packet. The numbers
 * are in an array, so that a change allocates nothing.
 *
 * A shaper, whose packets wait, calls `fill`, `isOpen` and `take`. A policer, which drops packets above the rate, calls `takeIfOpen`.
 */
export class ByteBucket {
  readonly #state: Float64Array = new Float64Array(2);
  #bytesPerMs = Number.POSITIVE_INFINITY;
  #burst = Number.POSITIVE_INFINITY;

  /**
   * Sets the rate. A debt remains.
   *
   * @param bitsPerSecond Infinity for no limit
   * @param burst bytes that can be sent at once after a pause; default 10 ms of the rate, at least two packets
   */
  set(bitsPerSecond: number, burst: number | undefined, now: number): void {
    const isFirst = this.isUnlimited;
    this.#bytesPerMs = bitsPerSecond / 8000;
    this.#burst = burst ?? Math.max(MIN_BURST_BYTES, this.#bytesPerMs * DEFAULT_BURST_MS);
    const state = this.#state;
    state[TOKENS] = isFirst ? this.#burst : Math.min(state[TOKENS], this.#burst);
    state[FILLED_AT] = now;
  }

  get isUnlimited(): boolean {
    return this.#bytesPerMs === Number.POSITIVE_INFINITY;
  }

  /** Bytes per millisecond; Infinity without a limit. */
  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  /** Adds tokens for the time since the last call. @param isBusy whether packets wait */
  fill(now: number, isBusy: boolean): void {
    if (this.isUnlimited) return;
    const state = this.#state;
    const elapsed = now - state[FILLED_AT];
    if (elapsed <= 0) return;
    state[FILLED_AT] = now;
    const max = isBusy ? Math.max(this.#burst, this.#bytesPerMs * CATCH_UP_MS) : this.#burst;
    state[TOKENS] = Math.min(state[TOKENS] + elapsed * this.#bytesPerMs, Math.max(max, state[TOKENS]));
  }

  /** Whether a packet can be sent. */
  get isOpen(): boolean {
    return this.isUnlimited || this.#state[TOKENS] > 0;
  }

  take(bytes: number): void {
    if (!this.isUnlimited) this.#state[TOKENS] -= bytes;
  }

  /** Whether a packet may pass at `now` (milliseconds). If so, its bytes are counted. */
  takeIfOpen(bytes: number, now: number): boolean {
    this.fill(now, false);
    if (!this.isOpen) return false;
    this.take(bytes);
    return true;
  }

  /** Milliseconds from the last {@link fill} until a packet can be sent. */
  get waitMs(): number {
    if (this.isOpen) return 0;
    // One byte more than the debt: an empty bucket is not open.
    return (1 - this.#state[TOKENS]) / this.#bytesPerMs;
  }
}
