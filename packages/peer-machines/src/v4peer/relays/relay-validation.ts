/**
 * The IPv4 peer's part of validating a path (design §5, PROTOCOL.md §12), of one pair at one Teredo address: answers (1)
 * with (2), and believes a relay on (3). A fresh address starts it anew.
 */
import {
  type CryptoSuite,
  copyNonce,
  emitProbe,
  hasNonce,
  NONCE_LENGTH,
  PROBE_LENGTH,
  type ProbeEnds,
  type ProbeFault,
  readProbeNumber,
  VALIDATION_WINDOW_MS,
  verifyProbe,
} from "@nat64/peer-protocol";
import type { Endpoint } from "@nat64/teredo";
import type { EventWindow } from "@nat64/teredo/limits";
import { OPEN_EXCHANGES, REMEMBERED_NONCES } from "../options.ts";
import { SeenNonces } from "./seen-nonces.ts";

/** A sent (2). */
interface Exchange {
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  readonly relay: Endpoint;
  readonly sentAt: number;
  /** Whether its (3) has arrived. A nonce counts only once. */
  isDone: boolean;
}

/** The result of a probe. */
export type ProbeVerdict =
  /** The packet (2), to send to the sender of (1). */
  | { readonly kind: "answer"; readonly packet: Uint8Array }
  /** The relay is validated. */
  | { readonly kind: "validated" }
  | { readonly kind: "dropped"; readonly reason: ProbeFault | "probe-rate" };

export class RelayValidation {
  readonly #ends: ProbeEnds;
  readonly #suite: CryptoSuite;
  readonly #rate: EventWindow;
  readonly #seen = new SeenNonces(REMEMBERED_NONCES);
  /** Oldest first. Bounded by the rate and by {@link OPEN_EXCHANGES}. */
  readonly #exchanges: Exchange[] = [];

  /** @param rate rate limit of answers; it belongs to the pair, so that new addresses do not reset it */
  constructor(ends: ProbeEnds, suite: CryptoSuite, rate: EventWindow) {
    this.#ends = ends;
    this.#suite = suite;
    this.#rate = rate;
  }

  /** Takes a probe that passed `checkProbe`. @param relay its sender; the caller has checked that it is global */
  take(packet: Uint8Array, offset: number, relay: Endpoint, now: number): ProbeVerdict {
    const fault = verifyProbe(packet, offset, this.#ends, "v4peer", this.#suite.hmacSha256);
    if (fault !== undefined) return dropped(fault);
    return readProbeNumber(packet, offset) === 1
      ? this.#answer(packet, offset, relay, now)
      : this.#conclude(packet, offset, relay, now);
  }

  #answer(packet: Uint8Array, offset: number, relay: Endpoint, now: number): ProbeVerdict {
    const a = new Uint8Array(NONCE_LENGTH);
    copyNonce(packet, offset, "a", a);
    if (this.#seen.has(a)) return dropped("replayed");
    if (!this.#rate.allow(now)) return dropped("probe-rate");
    this.#seen.add(a);
    const b = this.#suite.randomBytes(NONCE_LENGTH);
    this.#exchanges.push({ a, b, relay, sentAt: now, isDone: false });
    if (this.#exchanges.length > OPEN_EXCHANGES) this.#exchanges.shift();
    const reply = new Uint8Array(PROBE_LENGTH);
    emitProbe(2, this.#ends, { a, b }, this.#suite.hmacSha256, reply);
    return { kind: "answer", packet: reply };
  }

  #conclude(packet: Uint8Array, offset: number, relay: Endpoint, now: number): ProbeVerdict {
    const exchange = this.#exchanges.find(
      ({ a, b }) => hasNonce(packet, offset, "b", b) && hasNonce(packet, offset, "a", a),
    );
    if (exchange === undefined) return dropped("unknown-nonce");
    if (exchange.isDone) return dropped("replayed");
    if (now - exchange.sentAt > VALIDATION_WINDOW_MS) return dropped("too-late");
    const isSameRelay = exchange.relay.address === relay.address && exchange.relay.port === relay.port;
    if (!isSameRelay) return dropped("wrong-relay");
    exchange.isDone = true;
    return { kind: "validated" };
  }
}

function dropped(reason: ProbeFault | "probe-rate"): ProbeVerdict {
  return { kind: "dropped", reason };
}
