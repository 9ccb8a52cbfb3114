/**
 * One path of a pair at the IPv6 peer: the exchange of three probes that validates it, measures it and keeps it alive
 * (PROTOCOL.md §12, "Rules of a path"). Each new Teredo address has a new path.
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

/** Dependencies of a path. */
export interface PathParts {
  readonly ends: ProbeEnds;
  readonly suite: Pick<CryptoSuite, "hmacSha256" | "randomBytes">;
  /** They belong to the pair, so that they outlive an address. */
  readonly statistics: PathStatistics;
  readonly outbox: Outbox;
  /** Called at each change of state. */
  readonly changed: (from: PathState, to: PathState, cause: string, now: number) => void;
}

/** An unanswered message 1. */
interface Waiting {
  readonly a: Uint8Array;
  readonly sentAt: number;
}

export class Path {
  readonly #parts: PathParts;
  #state: PathState = "trying";
  /**
   * Nonces of this exchange. Any of them may be answered: on a slow path, the answer to the first comes after the
   * second.
   */
  #waiting: Waiting[] = [];
  #isExchanging = false;
  #answered: Uint8Array = NO_NONCE;
  /** When the next message 1 is due, or when the wait for an answer ends. */
  #due: number;

  /** The first probe is due at once. */
  constructor(parts: PathParts, now: number) {
    this.#parts = parts;
    this.#due = now;
  }

  get state(): PathState {
    return this.#state;
  }

  /** The time of the next call of `advance`, in milliseconds; Infinity if the path is down. */
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

  /** Data goes out and nothing comes back, so the path is probed at once. */
  doubt(now: number): void {
    if (this.#state === "up" && !this.#isExchanging) this.#startExchange(now);
  }

  /** An error claims that the other end is unreachable. It may be forged, so the path is only probed. */
  suspect(cause: string, now: number): void {
    if (this.#state !== "up" || this.#isExchanging) return;
    this.#enter("suspect", cause, now);
    this.#startExchange(now);
  }

  /** Takes a probe of this pair that passed `checkProbe`. Returns the fault if it does not count. */
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
    // Leave a pause between exchanges, no matter how late this answer is.
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
