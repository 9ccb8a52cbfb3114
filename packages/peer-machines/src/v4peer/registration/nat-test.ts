/**
 * Detects the NAT type (PROTOCOL.md §10) with Router Solicitations in addition to those that keep the mapping alive.
 * The first goes to the primary with the cone bit; the secondary answers it, and the NAT may or may not let that answer
 * in. The second goes to the secondary itself.
 */
import { type NatKind, SOLICITATION_PADDING_LENGTH } from "@nat64/peer-protocol";
import { CONE_FLAG, type Endpoint, encodeDatagram, makeRouterSolicitation, type SendDatagram } from "@nat64/teredo";

/** Milliseconds until a solicitation is repeated, and how often each is sent (RFC 4380 §5.2.1). */
const RETRY_MS = 4_000;
const TRIES = 3;

/**
 * Milliseconds after which `symmetric` is checked again. A NAT without its own firewall (such as Linux masquerading)
 * treats the secondary's answers to the first solicitation as its own traffic, so it gives the second solicitation
 * another port to avoid a collision. Both entries expire after 30 s.
 */
const CHECK_MS = 40_000;

export interface NatTestOptions {
  readonly primary: Endpoint;
  readonly secondary: Endpoint;
  /** The mapping that the primary sees. */
  readonly mapping: Endpoint;
  readonly clientIdentifier: Uint8Array;
  /** Returns the authentication value for a nonce. */
  readonly authenticate: (nonce: Uint8Array) => Uint8Array;
  /** Returns eight unpredictable bytes. */
  readonly drawNonce: () => Uint8Array;
}

/** The current question: does the NAT let strangers in, or is the mapping the same for all destinations? */
type Question = "cone" | "symmetric";

export class NatTest {
  readonly #options: NatTestOptions;
  #question: Question = "cone";
  #nonce: Uint8Array;
  #tries = 0;
  #deadline: number;
  /** The result of the first question. */
  #kind: NatKind = "port-restricted";
  #result: NatKind | undefined;
  #isChecking = false;

  constructor(options: NatTestOptions, now: number) {
    this.#options = options;
    this.#nonce = options.drawNonce();
    this.#deadline = now;
  }

  /** The result so far. `symmetric` may still change. */
  get result(): NatKind | undefined {
    return this.#result;
  }

  /** Whether the result is final. */
  get isOver(): boolean {
    return this.#deadline === Number.POSITIVE_INFINITY;
  }

  /** The time of the next call of `advance`; `Infinity` when the test is complete. */
  nextDeadline(): number {
    return this.#deadline;
  }

  /** Sends or repeats a solicitation, or continues without an answer. */
  advance(now: number): readonly SendDatagram[] {
    if (now < this.#deadline) return [];
    if (this.#tries < TRIES) return [this.#ask(now)];
    // Silence after the first question is a result too; silence after the second leaves the type unknown.
    if (this.#question === "symmetric") {
      this.#finish(this.#result ?? "unknown");
      return [];
    }
    return this.#askSecondary(now);
  }

  /** Whether the test is waiting for an answer with this nonce. */
  isAnswer(nonce: Uint8Array): boolean {
    return !this.isOver && nonce.every((byte, i) => byte === this.#nonce[i]);
  }

  /** Takes an authenticated answer: its sender and its origin indication. */
  answer(from: Endpoint, origin: Endpoint, now: number): readonly SendDatagram[] {
    const { primary, secondary, mapping } = this.#options;
    if (!isSame(from, secondary)) return [];
    if (this.#question === "cone") {
      this.#kind = primary.address === secondary.address ? "restricted" : "cone";
      return this.#askSecondary(now);
    }
    const kind = isSame(origin, mapping) ? this.#kind : "symmetric";
    if (kind === "symmetric" && this.#kind === "port-restricted" && !this.#isChecking) this.#checkLater(now);
    else this.#finish(kind);
    return [];
  }

  #askSecondary(now: number): readonly SendDatagram[] {
    this.#question = "symmetric";
    this.#nonce = this.#options.drawNonce();
    this.#tries = 0;
    return [this.#ask(now)];
  }

  #ask(now: number): SendDatagram {
    const { primary, secondary, clientIdentifier, authenticate } = this.#options;
    const isConeTest = this.#question === "cone";
    const to = isConeTest ? primary : secondary;
    this.#tries++;
    this.#deadline = now + RETRY_MS;
    const authentication = {
      clientIdentifier,
      authenticationValue: authenticate(this.#nonce),
      nonce: this.#nonce,
      confirmation: 0,
    };
    const packet = makeRouterSolicitation(linkLocal(isConeTest ? CONE_FLAG : 0), SOLICITATION_PADDING_LENGTH);
    return { kind: "datagram", ...to, bytes: encodeDatagram({ authentication, packet }) };
  }

  #checkLater(now: number): void {
    this.#isChecking = true;
    this.#result = "symmetric";
    this.#nonce = this.#options.drawNonce();
    this.#tries = 0;
    this.#deadline = now + CHECK_MS;
  }

  #finish(kind: NatKind): void {
    this.#result = kind;
    this.#deadline = Number.POSITIVE_INFINITY;
  }
}

/** fe80:: with flags, and port and address still unknown (RFC 4380 §5.2.1). */
function linkLocal(flags: number): Uint8Array {
  return Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, flags >>> 8, flags & 255, 255, 255, 255, 255, 255, 255);
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return (one.address | 0) === (other.address | 0) && one.port === other.port;
}
