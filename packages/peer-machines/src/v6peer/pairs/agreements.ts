/**
 * Offers that wait for their `accept`: the IPv6 peer's part in agreeing on a pair (PROTOCOL.md, `propose` to `accept`).
 */
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

/** A sent offer. */
interface Offered {
  readonly offer: Offer;
  readonly peer: string;
  readonly bandwidth: number | undefined;
  readonly privateKey: Uint8Array;
  readonly until: number;
}

/** The agreement of both peers. */
export interface Agreement {
  readonly offer: Offer;
  readonly accept: Accept;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  /** The IPv4 peer's bandwidth for all its pairs, in bits per second, as reported by the coordinator. */
  readonly bandwidth: number | undefined;
  readonly keys: PairKeys;
}

/** The contents of our `decline`. */
type Refusal = Pick<Decline, "reason" | "message">;

export class Agreements {
  readonly #options: Pick<V6PeerOptions, "identity" | "sign" | "suite" | "prefix">;
  readonly #offered = new Map<string, Offered>();

  constructor(options: Pick<V6PeerOptions, "identity" | "sign" | "suite" | "prefix">) {
    this.#options = options;
  }

  /** Number of waiting offers. */
  get count(): number {
    return this.#offered.size;
  }

  /** When the first offer expires. */
  get deadline(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { until } of this.#offered.values()) first = Math.min(first, until);
    return first;
  }

  /** Whether a waiting offer uses a selector. */
  isPromised(selector: number): boolean {
    return [...this.#offered.values()].some(({ offer }) => offer.selector === selector);
  }

  /** Whether an offer to a peer is waiting. */
  isOffered(peer: string): boolean {
    return [...this.#offered.values()].some((each) => each.peer === peer);
  }

  /** Creates the offer that answers a proposal. @param peer id of the IPv4 peer */
  offer(proposal: Propose, peer: string, selector: number, pinnedInternet: boolean, now: number): Message {
    const { pair, identity: to, bandwidth } = proposal;
    const { identity, prefix, sign, suite } = this.#options;
    const { privateKey, publicKey } = makeEphemeralKeys(suite);
    const offer = signOffer({ pair, from: identity, to, prefix, selector, pinnedInternet, ephemeral: publicKey }, sign);
    this.#offered.set(pair, { offer, peer, bandwidth, privateKey, until: now + AGREEMENT_TIMEOUT_MS });
    return offer;
  }

  /** Handles an `accept`. Returns undefined if no offer is waiting for it. */
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

  /** Removes an offer. Returns the peer that it was for. */
  forget(pair: string): string | undefined {
    const offered = this.#offered.get(pair);
    this.#offered.delete(pair);
    return offered?.peer;
  }

  /** Removes all offers, because proposals end with the connection. */
  clear(): void {
    this.#offered.clear();
  }

  /** Removes offers that were not answered in time. */
  advance(now: number): void {
    for (const [pair, { until }] of this.#offered) if (now >= until) this.#offered.delete(pair);
  }
}
