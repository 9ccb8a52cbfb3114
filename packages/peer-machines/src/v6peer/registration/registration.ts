/** The registration of the prefix: said, challenged, proved, and said again when it did not work. */
import type { Challenge, ErrorMessage, RegisterV6 } from "@nat64/peer-protocol";
import type { Outbox } from "../outbox.ts";
import { PrefixProofs } from "./prefix-proofs.ts";

/** `offline`: no connection; `asked`: `register-v6` is sent; `challenged`: datagrams should come; `pausing` after a failure. */
export type RegistrationState = "offline" | "asked" | "challenged" | "registered" | "pausing";

/** What a registration works with. */
export interface RegistrationParts {
  /** The message as it should be now. */
  readonly describe: () => RegisterV6;
  readonly outbox: Outbox;
}

/** Milliseconds that the coordinator may take for an answer. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Milliseconds before another try: after a first failure, twice as long after each further one, at most. */
const FIRST_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 60_000;

/** Milliseconds after a refusal that nothing but a change of the configuration mends; a coordinator's may change too. */
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

  /** Whether a challenge waits for its datagrams. */
  get wantsProofs(): boolean {
    return this.#state === "challenged";
  }

  /** There is a connection, or something to say has changed. */
  ask(now: number): void {
    this.#state = "asked";
    this.#proofs = undefined;
    this.#due = now + ANSWER_TIMEOUT_MS;
    this.#parts.outbox.sendMessage(this.#parts.describe());
  }

  /** There is no connection any more. */
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

  /** The coordinator confirms. @returns false if that comes without a connection */
  confirm(): boolean {
    if (this.#state === "offline") return false;
    this.#state = "registered";
    this.#proofs = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    this.#failures = 0;
    return true;
  }

  /** An error that is about the registration. */
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
