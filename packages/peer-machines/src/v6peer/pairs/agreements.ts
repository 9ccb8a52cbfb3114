/** Offers that wait for their accept: the IPv6 peer's half of agreeing on a pair (PROTOCOL.md, `propose` to `accept`). */
import {
  type Accept,
  checkAccept,
  type Decline,
  derivePairKeys,
  type Message,
  makeEphemeralKeys,
  type Offer,
  type PairKeys,
  type Propose,
  signOffer,
} from "@nat64/peer-protocol";
import { AGREEMENT_TIMEOUT_MS, type V6PeerOptions } from "../options.ts";

/** An offer that was made. */
interface Offered {
  readonly offer: Offer;
  readonly peer: string;
  readonly bandwidth: number | undefined;
  readonly privateKey: Uint8Array;
  readonly until: number;
}

/** What both have agreed on. */
export interface Agreement {
  readonly offer: Offer;
  readonly accept: Accept;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  /** What the IPv4 peer has for all its pairs, in bits per second, as the coordinator says. */
  readonly bandwidth: number | undefined;
  readonly keys: PairKeys;
}

/** What a `decline` of ours says. */
type Refusal = Pick<Decline, "reason" | "message">;

export class Agreements {
  readonly #options: Pick<V6PeerOptions, "identity" | "sign" | "suite" | "prefix">;
  readonly #offered = new Map<string, Offered>();

  constructor(options: Pick<V6PeerOptions, "identity" | "sign" | "suite" | "prefix">) {
    this.#options = options;
  }

  /** Offers that wait. */
  get count(): number {
    return this.#offered.size;
  }

  /** When the first of them is forgotten. */
  get deadline(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { until } of this.#offered.values()) first = Math.min(first, until);
    return first;
  }

  /** Whether a selector is in an offer that waits. */
  isPromised(selector: number): boolean {
    return [...this.#offered.values()].some(({ offer }) => offer.selector === selector);
  }

  /** Whether a peer has an offer that waits. */
  isOffered(peer: string): boolean {
    return [...this.#offered.values()].some((each) => each.peer === peer);
  }

  /** Makes the offer that answers a proposal. @param peer id of the IPv4 peer */
  offer(proposal: Propose, peer: string, selector: number, pinnedInternet: boolean, now: number): Message {
    const { pair, identity: to, bandwidth } = proposal;
    const { identity, prefix, sign, suite } = this.#options;
    const { privateKey, publicKey } = makeEphemeralKeys(suite);
    const offer = signOffer({ pair, from: identity, to, prefix, selector, pinnedInternet, ephemeral: publicKey }, sign);
    this.#offered.set(pair, { offer, peer, bandwidth, privateKey, until: now + AGREEMENT_TIMEOUT_MS });
    return offer;
  }

  /** What an accept comes to; undefined for one that nobody waits for. */
  accept(accept: Accept): Agreement | (Refusal & { readonly peer: string }) | undefined {
    const offered = this.#offered.get(accept.pair);
    if (offered === undefined) return undefined;
    this.#offered.delete(accept.pair);
    const { offer, peer, bandwidth, privateKey } = offered;
    const { suite } = this.#options;
    if (checkAccept(offer, accept, suite) !== undefined) return { peer, reason: "bad-signature" };
    const keys = derivePairKeys(offer, accept, "v6peer", privateKey, suite);
    privateKey.fill(0);
    if (keys === "weak-key") return { peer, reason: "bad-signature", message: "The ephemeral key gives no secret." };
    return { offer, accept, peer, bandwidth, keys };
  }

  /** Forgets an offer; returns the peer that it was made to. */
  forget(pair: string): string | undefined {
    const offered = this.#offered.get(pair);
    this.#offered.delete(pair);
    return offered?.peer;
  }

  /** Forgets all: proposals end with the connection. */
  clear(): void {
    this.#offered.clear();
  }

  /** Forgets those that nobody has answered in time. */
  advance(now: number): void {
    for (const [pair, { until }] of this.#offered) if (now >= until) this.#offered.delete(pair);
  }
}
