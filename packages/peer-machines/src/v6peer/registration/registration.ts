/** The registration of the prefix: request, challenge, proof, and a retry after a failure. */
import type { Challenge, ErrorMessage, RegisterV6 } from "@nat64/peer-protocol";
import type { Outbox } from "../outbox.ts";
import { PrefixProofs } from "./prefix-proofs.ts";

/**
 * `offline`: no connection; `asked`: `register-v6` is sent; `challenged`: waiting for datagrams; `pausing`: after a
 * failure.
 */
export type RegistrationState = "offline" | "asked" | "challenged" | "registered" | "pausing";

/** Dependencies of a registration. */
export interface RegistrationParts {
  /** Returns the current message. */
  readonly describe: () => RegisterV6;
  readonly outbox: Outbox;
}

/** Milliseconds that the coordinator has for an answer. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Milliseconds before a retry: after the first failure (doubled after each further one), and the maximum. */
const FIRST_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 60_000;

/**
 * Milliseconds before a retry after a refusal that only a change of configuration can fix. The coordinator's
 * configuration may change too.
 */
const HOPELESS_PAUSE_MS = 600_000;

export class Registration {
  readonly #parts: RegistrationParts;
  #state: RegistrationState = "offline";
  #proofs: PrefixProofs | undefined;
  #due: number = Number.POSITIVE_INFINITY;
  #failures = 0;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  get state(): RegistrationState {
    return this.#state;
  }

  get deadline(): number {
    return this.#due;
  }

  /** Whether a challenge is waiting for its datagrams. */
  get wantsProofs(): boolean {
    return this.#state === "challenged";
  }

  /** The connection opened, or the registration changed. */
  ask(now: number): void {
    this.#state = "asked";
    this.#proofs = undefined;
    this.#due = now + ANSWER_TIMEOUT_MS;
    this.#parts.outbox.sendMessage(this.#parts.describe());
  }

  /** The connection is lost. */
  lose(): void {
    this.#state = "offline";
    this.#proofs = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    this.#failures = 0;
  }

  challenge(challenge: Challenge, now: number): void {
    if (this.#state !== "asked" || challenge.prefix !== this.#parts.describe().prefix) return;
    this.#state = "challenged";
    this.#proofs = new PrefixProofs(challenge);
    this.#due = now + challenge.within * 1000;
  }

  /** See `PrefixProofs.take`. */
  takeProof(bytes: Uint8Array, offset: number, length: number, now: number): boolean {
    if (this.#proofs?.take(bytes, offset, length) !== true) return false;
    const { nonces } = this.#proofs;
    if (nonces !== undefined) {
      this.#parts.outbox.sendMessage({ type: "prove", prefix: this.#parts.describe().prefix, nonces });
      this.#state = "asked";
      this.#proofs = undefined;
      this.#due = now + ANSWER_TIMEOUT_MS;
    }
    return true;
  }

  /** The coordinator confirms the registration. @returns false if there is no connection */
  confirm(): boolean {
    if (this.#state === "offline") return false;
    this.#state = "registered";
    this.#proofs = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    this.#failures = 0;
    return true;
  }

  /** Handles an error about the registration. */
  refuse(error: ErrorMessage, now: number): void {
    if (this.#state === "offline") return;
    const least = (error.retryAfter ?? 0) * 1000;
    const isHopeless = !error.temporary && error.code !== "prefix-lost";
    this.#pause(error.code, error.message, Math.max(least, isHopeless ? HOPELESS_PAUSE_MS : 0), now);
  }

  advance(now: number): void {
    if (now < this.#due) return;
    if (this.#state === "pausing") this.ask(now);
    else if (this.#state === "challenged")
      this.#pause("no-proof", "Not all datagrams of the proof arrived: is the prefix routed to this host?", 0, now);
    else this.#pause("no-answer", "The coordinator did not answer the registration.", 0, now);
  }

  #pause(code: string, message: string, least: number, now: number): void {
    const pause = Math.max(least, Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 10)));
    this.#failures++;
    this.#state = "pausing";
    this.#proofs = undefined;
    this.#due = now + pause;
    this.#parts.outbox.log({ name: "not-registered", code, message, retryMs: pause });
  }
}
