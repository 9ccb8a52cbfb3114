/**
 * What kind of NAT is in front (PROTOCOL.md §10), by Router Solicitations beside those that hold the mapping: first with
 * the cone bit to the primary, which the secondary answers if the NAT lets it in, then to the secondary itself.
 */
import type { NatKind } from "@nat64/peer-protocol";
import { CONE_FLAG, type Endpoint, encodeDatagram, makeRouterSolicitation, type SendDatagram } from "@nat64/teredo";

/** Milliseconds until a question is repeated, and how often each is asked (RFC 4380 §5.2.1). */
const RETRY_MS = 4_000;
const TRIES = 3;

/**
 * Milliseconds after which `symmetric` is checked once more. A NAT without a firewall of its own (Linux' masquerade) takes
 * the secondary's answers to the first question for its own traffic, and gives the second question another port to keep
 * out of their way: it forgets both after 30 s.
 */
const CHECK_MS = 40_000;

export interface NatTestOptions {
  readonly primary: Endpoint;
  readonly secondary: Endpoint;
  /** The mapping that the primary sees. */
  readonly mapping: Endpoint;
  readonly clientIdentifier: Uint8Array;
  /** The authentication value that goes with a nonce. */
  readonly authenticate: (nonce: Uint8Array) => Uint8Array;
  /** Eight bytes that nobody can guess. */
  readonly drawNonce: () => Uint8Array;
}

/** What the machine is about: whether strangers get in, or whether the mapping is one for all. */
type Question = "cone" | "symmetric";

export class NatTest {
  readonly #options: NatTestOptions;
  #question: Question = "cone";
  #nonce: Uint8Array;
  #tries = 0;
  #deadline: number;
  /** What the first question told. */
  #kind: NatKind = "port-restricted";
  #result: NatKind | undefined;
  #isChecking = false;

  constructor(options: NatTestOptions, now: number) {
    this.#options = options;
    this.#nonce = options.drawNonce();
    this.#deadline = now;
  }

  /** What came out so far; `symmetric` may turn out to be something else. */
  get result(): NatKind | undefined {
    return this.#result;
  }

  /** Whether the result is final. */
  get isOver(): boolean {
    return this.#deadline === Number.POSITIVE_INFINITY;
  }

  /** When `advance` has something to do; `Infinity` once it is over. */
  nextDeadline(): number {
    return this.#deadline;
  }

  /** Asks, asks again, or makes do without an answer. */
  advance(now: number): readonly SendDatagram[] {
    if (now < this.#deadline) return [];
    if (this.#tries < TRIES) return [this.#ask(now)];
    // No answer to the first question is one; without one to the second nothing is known.
    if (this.#question === "symmetric") {
      this.#finish(this.#result ?? "unknown");
      return [];
    }
    return this.#askSecondary(now);
  }

  /** Whether an answer with this nonce is one that is waited for. */
  isAnswer(nonce: Uint8Array): boolean {
    return !this.isOver && nonce.every((byte, i) => byte === this.#nonce[i]);
  }

  /** Takes an authenticated answer: who sent it, and the origin that it tells. */
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
    const packet = makeRouterSolicitation(linkLocal(isConeTest ? CONE_FLAG : 0));
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

/** fe80:: with flags, and port and address that are not known yet (RFC 4380 §5.2.1). */
function linkLocal(flags: number): Uint8Array {
  return Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, flags >>> 8, flags & 255, 255, 255, 255, 255, 255, 255);
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return (one.address | 0) === (other.address | 0) && one.port === other.port;
}
