import { INITIAL_RTO_MS, MAX_RTO_MS, MIN_RTO_MS, WINDOW } from "./segment.ts";

/** A segment until it is acknowledged. */
export interface Outgoing {
  readonly flags: number;
  readonly bytes: Uint8Array;
  sentAt: number;
  isRepeated: boolean;
}

/** The send queue of an end: segments in order, some of them in flight, with the retransmission timeout (RFC 6298). */
export class SendQueue {
  readonly #segments: Outgoing[] = [];
  /** Number of the first segment that is not acknowledged. */
  #base = 0;
  /** Number of the first segment that was not sent. */
  #next = 0;
  /** Segments before this one were in flight at the last retransmission. */
  #recoverTo = 0;
  #buffered = 0;
  #smoothed = 0;
  #variation = 0;
  #backoff = 1;

  get base(): number {
    return this.#base;
  }

  /** Bytes that are not acknowledged. */
  get buffered(): number {
    return this.#buffered;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** Whether a segment is in flight. */
  get isWaiting(): boolean {
    return this.#next > this.#base;
  }

  /** Whether more than the repeated segment is likely lost: a partial acknowledgement (NewReno, RFC 6582 §3.2). */
  get isRecovering(): boolean {
    return this.isWaiting && this.#base < this.#recoverTo;
  }

  /** Milliseconds until the first segment is to be repeated. */
  get timeoutMs(): number {
    const measured = this.#smoothed === 0 ? INITIAL_RTO_MS : this.#smoothed + 4 * this.#variation;
    return Math.min(Math.max(measured, MIN_RTO_MS) * this.#backoff, MAX_RTO_MS);
  }

  /** The first unacknowledged segment. There must be one. */
  get first(): Outgoing {
    return this.#segments[0];
  }

  push(flags: number, bytes: Uint8Array): void {
    this.#segments.push({ flags, bytes, sentAt: 0, isRepeated: false });
    this.#buffered += bytes.length;
  }

  /** The number of a segment that may be sent for the first time, or −1. @param window segments on their way at most */
  nextNumber(window: number = WINDOW): number {
    const isThere = this.#next < this.#base + Math.min(this.#segments.length, window);
    return isThere ? this.#next : -1;
  }

  /** Takes that segment. */
  takeNext(now: number): Outgoing {
    const segment = this.#segments[this.#next++ - this.#base];
    segment.sentAt = now;
    return segment;
  }

  /** Everything before a number has arrived. @returns whether that is news */
  acknowledge(number: number, now: number): boolean {
    if (number <= this.#base || number > this.#next) return false;
    while (this.#base < number) {
      const segment = this.#segments.shift()!;
      this.#base++;
      this.#buffered -= segment.bytes.length;
      // A repeated segment's acknowledgement tells no round trip (Karn's algorithm, RFC 6298 §3).
      if (!segment.isRepeated) this.#measure(now - segment.sentAt);
    }
    this.#backoff = 1;
    return true;
  }

  /** The first segment is sent again. @param isTimeout whether that doubles the next timeout */
  repeatFirst(isTimeout: boolean): Outgoing {
    if (isTimeout) this.#backoff = Math.min(this.#backoff * 2, 1024);
    this.first.isRepeated = true;
    this.#recoverTo = Math.max(this.#recoverTo, this.#next);
    return this.first;
  }

  #measure(roundTrip: number): void {
    if (this.#smoothed === 0) {
      this.#smoothed = roundTrip;
      this.#variation = roundTrip / 2;
    } else {
      this.#variation += (Math.abs(this.#smoothed - roundTrip) - this.#variation) / 4;
      this.#smoothed += (roundTrip - this.#smoothed) / 8;
    }
  }
}
