/**
 * One path of a pair, from the IPv6 peer's end: the exchange of three probes that validates it, measures it and keeps it
 * alive (PROTOCOL.md §12, "Rules of a path"). A fresh Teredo address is a fresh path.
 */
import {
  type CryptoSuite,
  copyNonce,
  emitProbe,
  hasNonce,
  NO_NONCE,
  NONCE_LENGTH,
  type PathState,
  PROBE_INTERVAL_MS,
  PROBE_LENGTH,
  PROBE_REPEATS,
  PROBE_TIMEOUT_MS,
  type ProbeEnds,
  type ProbeFault,
  type ProbeNumber,
  verifyProbe,
} from "@nat64/peer-protocol";
import type { Outbox } from "../outbox.ts";
import type { PathStatistics } from "./path-statistics.ts";

/** What a path works with. */
export interface PathParts {
  readonly ends: ProbeEnds;
  readonly suite: Pick<CryptoSuite, "hmacSha256" | "randomBytes">;
  /** The pair's, so that they outlive an address. */
  readonly statistics: PathStatistics;
  readonly outbox: Outbox;
  /** Told of each change of state. */
  readonly changed: (from: PathState, to: PathState, cause: string, now: number) => void;
}

/** Message 1 of which no answer has come yet. */
interface Waiting {
  readonly a: Uint8Array;
  readonly sentAt: number;
}

export class Path {
  readonly #parts: PathParts;
  #state: PathState = "trying";
  /** Of this exchange. Any of them may be answered: on a slow path the answer to the first comes after the second. */
  #waiting: Waiting[] = [];
  #isExchanging = false;
  #answered: Uint8Array = NO_NONCE;
  /** When the next message 1 is due, or the wait for an answer is over. */
  #due: number;

  /** The first probe is due at once. */
  constructor(parts: PathParts, now: number) {
    this.#parts = parts;
    this.#due = now;
  }

  get state(): PathState {
    return this.#state;
  }

  /** When `advance` has something to do, in milliseconds; Infinity on a path that is down. */
  get deadline(): number {
    return this.#due;
  }

  /** Starts an exchange, or repeats message 1, or gives up. */
  advance(now: number): void {
    if (now < this.#due) return;
    if (!this.#isExchanging) {
      this.#startExchange(now);
      return;
    }
    this.#parts.statistics.lost();
    if (this.#waiting.length > PROBE_REPEATS) {
      this.#isExchanging = false;
      this.#due = Number.POSITIVE_INFINITY;
      this.#enter("down", "no-reply", now);
      return;
    }
    if (this.#state === "up") this.#enter("suspect", "no-reply", now);
    this.#sendFirst(now);
  }

  /** Data goes out and nothing comes back: asks at once. */
  doubt(now: number): void {
    if (this.#state === "up" && !this.#isExchanging) this.#startExchange(now);
  }

  /** Somebody says that the other end cannot be reached: it may be a lie, so the path is only asked. */
  suspect(cause: string, now: number): void {
    if (this.#state !== "up" || this.#isExchanging) return;
    this.#enter("suspect", cause, now);
    this.#startExchange(now);
  }

  /** Takes a probe that `checkProbe` let through and that is about this pair. Returns why it does not count. */
  take(packet: Uint8Array, offset: number, now: number): ProbeFault | undefined {
    const { ends, suite, statistics } = this.#parts;
    const fault = verifyProbe(packet, offset, ends, "v6peer", suite.hmacSha256);
    if (fault !== undefined) return fault;
    const found = this.#waiting.find(({ a }) => hasNonce(packet, offset, "a", a));
    if (found === undefined) return hasNonce(packet, offset, "a", this.#answered) ? "replayed" : "unknown-nonce";
    const b = new Uint8Array(NONCE_LENGTH);
    copyNonce(packet, offset, "b", b);
    statistics.answered(now - found.sentAt);
    const startedAt = this.#waiting[0].sentAt;
    this.#waiting = [];
    this.#isExchanging = false;
    this.#answered = found.a;
    // Never in a row without a pause, however late this answer came.
    this.#due = Math.max(startedAt + PROBE_INTERVAL_MS, now + PROBE_TIMEOUT_MS);
    this.#send(3, found.a, b);
    this.#enter("up", "reply", now);
    return undefined;
  }

  #startExchange(now: number): void {
    this.#waiting = [];
    this.#isExchanging = true;
    this.#sendFirst(now);
  }

  #sendFirst(now: number): void {
    const a = this.#parts.suite.randomBytes(NONCE_LENGTH);
    this.#waiting.push({ a, sentAt: now });
    this.#due = now + PROBE_TIMEOUT_MS;
    this.#send(1, a, NO_NONCE);
  }

  #send(number: ProbeNumber, a: Uint8Array, b: Uint8Array): void {
    const packet = new Uint8Array(PROBE_LENGTH);
    emitProbe(number, this.#parts.ends, { a, b }, this.#parts.suite.hmacSha256, packet);
    this.#parts.outbox.sendPacket(packet);
  }

  #enter(state: PathState, cause: string, now: number): void {
    const before = this.#state;
    if (before === state) return;
    this.#state = state;
    this.#parts.changed(before, state, cause, now);
  }
}
