/** Agreeing on pairs (PROTOCOL.md, `propose` to `accept`): which proposals this IPv6 peer accepts, and what follows. */
import { type Accept, bytesOfBase64url, isStrongEd25519Point, type Propose, peerIdOf } from "@nat64/peer-protocol";
import type { V6PeerOptions, V6PeerSettings } from "../options.ts";
import type { Outbox } from "../outbox.ts";
import { Agreements } from "./agreements.ts";
import type { SelectorKeeper } from "./selector-keeper.ts";
import type { V6Pair } from "./v6-pair.ts";
import type { V6Pairs } from "./v6-pairs.ts";

/** Seconds before the coordinator may propose the same peer again; left out, the coordinator decides. */
const RETRY_SECONDS: Readonly<Partial<Record<string, number>>> = { full: 30, banned: 3600 };

/** Dependencies of pairing. */
export interface PairingParts {
  readonly options: V6PeerOptions;
  readonly settings: () => V6PeerSettings;
  readonly pairs: V6Pairs;
  readonly selectors: SelectorKeeper;
  readonly outbox: Outbox;
}

export class Pairing {
  readonly #parts: PairingParts;
  readonly #agreements: Agreements;
  /** Whether the whole peer drains and therefore accepts no proposals. */
  isDraining = false;

  constructor(parts: PairingParts) {
    this.#parts = parts;
    this.#agreements = new Agreements(parts.options);
  }

  /** When the first offer expires. */
  get deadline(): number {
    return this.#agreements.deadline;
  }

  /** Removes offers that were not accepted in time. */
  advance(now: number): void {
    this.#agreements.advance(now);
  }

  /** Removes all offers, because they end with the connection. */
  clear(): void {
    this.#agreements.clear();
  }

  /** Answers a proposal, with an offer or with a `decline`. */
  consider(proposal: Propose, now: number): void {
    const { options, settings, selectors, outbox } = this.#parts;
    const identity = bytesOfBase64url(proposal.identity);
    const peer = peerIdOf(identity, options.suite);
    // With such a key anybody could sign the accept.
    const refusal = isStrongEd25519Point(identity) ? this.#refusalOf(peer, now) : "bad-signature";
    const selector = selectors.find(peer, (each) => this.#agreements.isPromised(each));
    if (refusal !== undefined || selector === undefined) {
      this.#decline(proposal.pair, peer, refusal ?? "no-selector");
    } else {
      if (this.#roomFor(peer) <= 0) this.#makeRoomFor(peer, now);
      outbox.sendMessage(this.#agreements.offer(proposal, peer, selector, settings().pinnedInternet, now));
    }
  }

  /** Creates the pair after an `accept`. */
  agree(accept: Accept, now: number): void {
    const { pairs, selectors, settings, outbox } = this.#parts;
    const agreement = this.#agreements.accept(accept);
    if (agreement === undefined) return;
    const { peer } = agreement;
    if (settings().banned.includes(peer)) {
      this.#decline(accept.pair, peer, "banned");
      return;
    }
    if (!("keys" in agreement)) {
      this.#decline(accept.pair, peer, agreement.reason, agreement.message);
      return;
    }
    // A peer that agrees again has lost its old pair, and a selector has only one exit.
    const earlier = pairs.of(peer);
    if (earlier !== undefined) pairs.remove(earlier);
    const pair = pairs.add(agreement, now);
    if (pair === undefined) {
      this.#decline(accept.pair, peer, "full");
      return;
    }
    selectors.use(pair, now);
    outbox.log({ name: "paired", peer, selector: pair.selector, exit: pair.exit });
  }

  /** The other side has withdrawn: removes the open offer of a pair, if any. */
  withdraw(pair: string, reason: string): void {
    const peer = this.#agreements.forget(pair);
    if (peer !== undefined) this.#parts.outbox.log({ name: "declined", peer, reason, byUs: false });
  }

  #refusalOf(peer: string, now: number): string | undefined {
    const { banned, onlyWanted, wants } = this.#parts.settings();
    if (banned.includes(peer)) return "banned";
    if (this.isDraining) return "draining";
    if (onlyWanted && !wants.includes(peer)) return "not-wanted";
    if (this.#agreements.isOffered(peer)) return "full";
    return this.#roomFor(peer) > 0 || this.#yieldingFor(peer, now) !== undefined ? undefined : "full";
  }

  /**
   * How many more pairs are wanted. An existing pair with the same peer makes room for its successor, and a draining
   * pair makes room for a new one. At most `exits` draining pairs count this way, so that a peer cannot take all places
   * by announcing drains.
   */
  #roomFor(peer: string): number {
    const { pairs, settings } = this.#parts;
    const { exits } = settings();
    const others = [...pairs].filter((pair) => pair.peer !== peer && !pair.isOrphan);
    const draining = others.filter((pair) => pair.isDraining).length;
    return exits - (others.length - Math.min(draining, exits) + this.#agreements.count);
  }

  /** The pair that gives its place to a new one with `peer`: the oldest that yields. */
  #yieldingFor(peer: string, now: number): V6Pair | undefined {
    const { pairs } = this.#parts;
    return [...pairs].find((pair) => pair.peer !== peer && pairs.yieldsFor(pair, now) !== undefined);
  }

  #makeRoomFor(peer: string, now: number): void {
    const { pairs } = this.#parts;
    const pair = this.#yieldingFor(peer, now);
    const reason = pair && pairs.yieldsFor(pair, now);
    if (pair !== undefined && reason !== undefined) pairs.end(pair, reason);
  }

  #decline(pair: string, peer: string, reason: string, message?: string): void {
    // The coordinator knows how much room there is. If it is wrong, it corrects itself soon.
    const seconds = RETRY_SECONDS[reason];
    const retry = seconds !== undefined && { retryAfter: seconds };
    const { outbox } = this.#parts;
    outbox.sendMessage({ type: "decline", pair, reason, ...(message !== undefined && { message }), ...retry });
    outbox.log({ name: "declined", peer, reason, byUs: true });
  }
}
