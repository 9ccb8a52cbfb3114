/**
 * The machine of an IPv6 peer, sans-IO: registers the prefix, agrees on pairs, validates and watches their paths, and
 * keeps the engine's exits as the paths are. The connection to the coordinator is a machine of its own
 * (`CoordinatorConnection`); without one all pairs that there are go on.
 *
 * Drive loop: after every call do what `takeOutputs()` gives, in its order; call `advance` at `nextDeadline()`. Offer
 * `takePacket` what arrives for `P:ffff::1`, and `takeProof` every packet while `wantsProofs`. Time is milliseconds and
 * never runs backwards.
 */
import {
  type Accept,
  bytesOfBase64url,
  type Drain,
  type ErrorMessage,
  type HeldPair,
  LONGEST_DRAIN,
  MAX_PAIRS,
  type Message,
  type Pair as PairMessage,
  type ProbeFault,
  type Propose,
  peerIdOf,
  type RegisterV6,
  type Unpair,
} from "@nat64/peer-protocol";
import { Agreements } from "./agreements.ts";
import { describePair, type ExitDescription } from "./description.ts";
import { DRAINED_BY_OTHER, type V6PeerOptions, type V6PeerSettings } from "./options.ts";
import type { PeerEvent, V6PeerOutput } from "./outputs.ts";
import type { Pair } from "./pair.ts";
import { Pairs } from "./pairs.ts";
import { Registration, type RegistrationState } from "./registration.ts";
import { SelectorBook } from "./selector-book.ts";

/** Milliseconds between two looks for selectors that lapse. */
const DAY = 86_400_000;

/** Seconds before another proposal of the same peer is welcome after one for which there was no room. */
const FULL_RETRY = 30;

/** Errors that are about the registration, whatever they say that they regard. */
const REGISTRATION_CODES = ["prefix-refused", "prefix-unproven", "prefix-lost"];

export class V6Peer {
  readonly #options: V6PeerOptions;
  readonly #agreements: Agreements;
  readonly #pairs: Pairs;
  readonly #registration: Registration;
  readonly #selectors: SelectorBook;
  #settings: V6PeerSettings;
  #outputs: V6PeerOutput[] = [];
  #isDraining = false;
  #bookAt: number;

  /** Nothing happens before the first connection. */
  constructor(options: V6PeerOptions, now: number) {
    this.#options = options;
    this.#settings = options.settings;
    this.#bookAt = now + DAY;
    this.#agreements = new Agreements(options);
    this.#selectors = new SelectorBook(options.selectors, this.#wall(now));
    const output = (each: V6PeerOutput) => this.#outputs.push(each);
    this.#pairs = new Pairs({ options, settings: () => this.#settings, output });
    this.#registration = new Registration({
      describe: () => this.#describe(),
      send: (message) => this.#send(message),
      registered: (at) => this.#registered(at),
      failed: (code, message, retryMs) => this.#event({ name: "not-registered", code, message, retryMs }),
    });
  }

  /** Takes everything that is to be done since it was asked last. */
  takeOutputs(): readonly V6PeerOutput[] {
    if (this.#outputs.length === 0) return this.#outputs;
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  get registration(): RegistrationState {
    return this.#registration.state;
  }

  /** Probes that did not count, by fault. */
  get probeFaults(): Readonly<Partial<Record<ProbeFault, number>>> {
    return this.#pairs.faults;
  }

  /** There is a connection to the coordinator, with `welcome`. */
  opened(now: number): void {
    this.#agreements.clear();
    // Who is away now will be said again.
    for (const pair of this.#pairs) pair.isAway = false;
    this.#registration.ask(now);
  }

  /** There is none any more. */
  lost(): void {
    this.#agreements.clear();
    this.#registration.lose();
  }

  /** The operator changed something. */
  configure(settings: V6PeerSettings, now: number): void {
    this.#settings = settings;
    for (const pair of [...this.#pairs]) {
      this.#options.control.exits.setWeight(pair.exit, this.#pairs.weightOf(pair));
      if (settings.onlyWanted && !settings.wants.includes(pair.peer)) this.#unpair(pair, "operator");
    }
    // Those that are wanted stay; of the others the youngest go.
    const surplus = [...this.#pairs].filter((pair) => !settings.wants.includes(pair.peer));
    while (this.#pairs.size > settings.exits && surplus.length > 0) this.#unpair(surplus.pop() as Pair, "operator");
    if (this.#registration.state !== "offline") this.#registration.ask(now);
  }

  /**
   * Gives the clients of all pairs, or of one, time to end: no new ones, and after so many seconds the end. Without a
   * pair no new pairs are made either; it is for before the own end.
   */
  drain(within: number, now: number, id?: string): void {
    const pairs = id === undefined ? [...this.#pairs] : [this.#pairs.get(id)].filter((pair) => pair !== undefined);
    if (id === undefined) this.#setDraining(true, now);
    else if (pairs.length === 0) return;
    this.#send({ type: "drain", within, ...(id !== undefined && { pair: id }) });
    for (const pair of pairs) {
      this.#pairs.drain(pair);
      pair.drainedAt = now + within * 1000;
    }
  }

  /** Takes a {@link drain} back: of a pair, or of all. What the other ends drain goes on to drain. */
  stay(now: number, id?: string): void {
    const pairs = id === undefined ? [...this.#pairs] : [this.#pairs.get(id)].filter((pair) => pair !== undefined);
    if (id === undefined ? !this.#isDraining : pairs.length === 0) return;
    for (const pair of pairs) this.#pairs.stay(pair);
    this.#send({ type: "drain", within: LONGEST_DRAIN, cancel: true, ...(id !== undefined && { pair: id }) });
    if (id === undefined) this.#setDraining(false, now);
  }

  /** Ends a pair that drains before its time: nothing is left of what ran over it. */
  finish(id: string): void {
    const pair = this.#pairs.get(id);
    if (pair !== undefined) this.#unpair(pair, "drained");
  }

  /** A message of the coordinator. */
  receive(message: Message, now: number): void {
    switch (message.type) {
      case "challenge":
        this.#registration.challenge(message, now);
        return;
      case "registered":
        this.#registration.confirm(now);
        return;
      case "propose":
        this.#consider(message, now);
        return;
      case "accept":
        this.#agree(message, now);
        return;
      case "decline":
        this.#declined(this.#agreements.forget(message.pair), message.reason, false);
        return;
      case "pair":
        this.#setAddress(message, now);
        return;
      case "away":
        this.#heardAway(message.pair, now);
        return;
      case "unpair":
        this.#heardUnpair(message);
        return;
      case "drain":
        this.#heardDrain(message, now);
        return;
      case "error":
        this.#heardError(message, now);
        return;
      default:
        return;
    }
  }

  /** Whether a challenge waits for its datagrams. */
  get wantsProofs(): boolean {
    return this.#registration.wantsProofs;
  }

  /** Takes one of a challenge's datagrams; returns whether the packet was one. */
  takeProof(bytes: Uint8Array, offset: number, length: number, now: number): boolean {
    return this.#registration.takeProof(bytes, offset, length, now);
  }

  /** Takes a packet to `P:ffff::1`; returns whether it was the machine's. */
  takePacket(bytes: Uint8Array, offset: number, length: number, now: number): boolean {
    return this.#pairs.take(bytes, offset, length, now);
  }

  /** When `advance` has something to do, in milliseconds. */
  nextDeadline(): number {
    return Math.min(this.#pairs.deadline, this.#registration.deadline, this.#agreements.deadline, this.#bookAt);
  }

  advance(now: number): void {
    this.#registration.advance(now);
    this.#agreements.advance(now);
    for (const pair of [...this.#pairs]) if (now >= pair.drainEnd) this.#unpair(pair, "drained");
    this.#pairs.advance(now);
    if (now >= this.#bookAt) this.#keepBook(now);
  }

  /** All pairs, for people to look at. */
  describe(now: number): readonly ExitDescription[] {
    return [...this.#pairs].map((pair) => describePair(pair, this.#pairs.weightOf(pair), this.#options.control, now));
  }

  #consider(proposal: Propose, now: number): void {
    const peer = peerIdOf(bytesOfBase64url(proposal.identity), this.#options.suite);
    const refusal = this.#refusalOf(peer);
    const selector = this.#selectors.find(peer, (each) => this.#agreements.isPromised(each));
    if (refusal !== undefined || selector === undefined) {
      this.#decline(proposal.pair, peer, refusal ?? "no-selector");
    } else {
      this.#send(this.#agreements.offer(proposal, peer, selector, this.#settings.pinnedInternet, now));
    }
  }

  #refusalOf(peer: string): string | undefined {
    const { onlyWanted, wants } = this.#settings;
    if (this.#isDraining) return "draining";
    if (onlyWanted && !wants.includes(peer)) return "not-wanted";
    return this.#agreements.isOffered(peer) || !this.#hasRoom(peer) ? "full" : undefined;
  }

  /**
   * Whether one more pair is wanted. A pair that there is with the same peer makes room for its successor, and one that is
   * about to end for another: as many as are wanted may be, so that nobody takes all places by saying so.
   */
  #hasRoom(peer: string): boolean {
    const { exits } = this.#settings;
    const others = [...this.#pairs].filter((pair) => pair.peer !== peer && !pair.isOrphan);
    const draining = others.filter((pair) => pair.isDraining).length;
    return others.length - Math.min(draining, exits) + this.#agreements.count < exits;
  }

  #agree(accept: Accept, now: number): void {
    const agreement = this.#agreements.accept(accept);
    if (agreement === undefined) return;
    const { peer } = agreement;
    if (!("keys" in agreement)) {
      this.#decline(accept.pair, peer, agreement.reason, agreement.message);
      return;
    }
    // Who agrees anew has lost the old pair, and a selector has one exit.
    const earlier = this.#pairs.of(peer);
    if (earlier !== undefined) this.#pairs.remove(earlier);
    const pair = this.#pairs.add(agreement, now);
    if (pair === undefined) {
      this.#decline(accept.pair, peer, "full");
      return;
    }
    this.#useSelector(pair, now);
    this.#event({ name: "paired", peer, selector: pair.selector, exit: pair.exit });
  }

  #setAddress(message: PairMessage, now: number): void {
    const pair = this.#pairs.get(message.pair);
    if (pair === undefined) {
      this.#send({ type: "unpair", pair: message.pair, reason: "not-held" });
      return;
    }
    pair.isOrphan = false;
    pair.isAway = false;
    this.#pairs.limit(pair, message.limits.bandwidth);
    // Resumed with the address that it has: the path goes on, only the coordinator was away.
    if (message.address === pair.address && pair.state !== "down") {
      this.#pairs.report(pair, now);
      return;
    }
    const fault = this.#pairs.setAddress(pair, message, now);
    if (fault !== undefined) this.#unpair(pair, "path-never-up", `The Teredo address cannot be used: ${fault}.`);
  }

  #heardUnpair({ pair: id, reason }: Unpair): void {
    const offered = this.#agreements.forget(id);
    if (offered !== undefined) this.#declined(offered, reason, false);
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    if (reason === "peer-gone" && pair.isUp) {
      pair.isOrphan = true;
      return;
    }
    this.#pairs.remove(pair);
    this.#event({ name: "unpaired", peer: pair.peer, reason, byUs: false });
  }

  #heardAway(id: string, now: number): void {
    const pair = this.#pairs.get(id);
    if (pair !== undefined) this.#pairs.leave(pair, now);
  }

  #heardDrain({ pair: id, within, cancel }: Drain, now: number): void {
    const pair = id === undefined ? undefined : this.#pairs.get(id);
    if (pair === undefined) return;
    if (cancel === true) {
      this.#pairs.keptByOther(pair);
      return;
    }
    const seconds = Math.min(within, LONGEST_DRAIN);
    this.#pairs.drain(pair);
    // That nobody puts it off for ever is seen to by the coordinator, whose word this is.
    pair.drainedByOtherAt = now + seconds * 1000 + DRAINED_BY_OTHER;
    this.#event({ name: "draining", peer: pair.peer, seconds });
  }

  #heardError(error: ErrorMessage, now: number): void {
    const { code, regarding, pair: id } = error;
    if (regarding === "register-v6" || regarding === "prove" || REGISTRATION_CODES.includes(code)) {
      this.#registration.refuse(error, now);
      return;
    }
    if (id === undefined) return;
    this.#declined(this.#agreements.forget(id), code, false);
    const pair = this.#pairs.get(id);
    if (pair !== undefined && code === "unknown-pair") pair.isOrphan = true;
  }

  #registered(now: number): void {
    this.#event({ name: "registered", prefix: this.#options.prefix });
    for (const pair of this.#pairs) this.#pairs.report(pair, now);
  }

  #unpair(pair: Pair, reason: string, message?: string): void {
    this.#send({ type: "unpair", pair: pair.id, reason, ...(message !== undefined && { message }) });
    this.#pairs.remove(pair);
    this.#event({ name: "unpaired", peer: pair.peer, reason, byUs: true });
  }

  #decline(pair: string, peer: string, reason: string, message?: string): void {
    // The coordinator knows of our room: where it is wrong, this is soon over.
    const again = reason === "full" && { retryAfter: FULL_RETRY };
    this.#send({ type: "decline", pair, reason, ...(message !== undefined && { message }), ...again });
    this.#declined(peer, reason, true);
  }

  #declined(peer: string | undefined, reason: string, byUs: boolean): void {
    if (peer !== undefined) this.#event({ name: "declined", peer, reason, byUs });
  }

  #describe(): RegisterV6 {
    const { bandwidth, listed, abuse, terms, exits, wants, onlyWanted } = this.#settings;
    const { prefix, relay } = this.#options;
    const pairs = [...this.#pairs].flatMap(({ id, peer, address }): readonly HeldPair[] =>
      address === undefined ? [] : [{ pair: id, peer, address }],
    );
    return {
      type: "register-v6",
      prefix,
      relay,
      ...(bandwidth !== undefined && { bandwidth }),
      // Nobody should begin to use it now; and nothing is proposed after a reconnection, either.
      listed: listed && !this.#isDraining,
      abuse,
      ...(terms !== undefined && { terms }),
      exits: this.#isDraining ? 0 : exits,
      wants,
      onlyWanted,
      pairs: pairs.slice(0, MAX_PAIRS),
    };
  }

  #setDraining(isDraining: boolean, now: number): void {
    this.#isDraining = isDraining;
    if (this.#registration.state !== "offline") this.#registration.ask(now);
  }

  #useSelector({ peer, selector }: Pair, now: number): void {
    if (this.#selectors.use(peer, selector, this.#wall(now))) this.#keep();
  }

  #keepBook(now: number): void {
    this.#bookAt = now + DAY;
    for (const { peer, selector } of this.#pairs) this.#selectors.use(peer, selector, this.#wall(now));
    this.#selectors.lapse(this.#wall(now));
    this.#keep();
  }

  #keep(): void {
    this.#outputs.push({ kind: "selectors", selectors: this.#selectors.records() });
  }

  #wall(now: number): number {
    return Math.round(this.#options.epoch + now);
  }

  #send(message: Message): void {
    this.#outputs.push({ kind: "send", message });
  }

  #event(event: PeerEvent["event"]): void {
    this.#outputs.push({ kind: "event", event });
  }
}
