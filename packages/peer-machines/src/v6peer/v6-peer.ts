/**
 * The machine of an IPv6 peer, sans-IO. It registers the prefix, agrees on pairs, validates and monitors their paths,
 * and keeps the engine's exits in step with the paths. The connection to the coordinator is a separate machine
 * (`CoordinatorConnection`); existing pairs continue without it.
 *
 * Every input returns its outputs; see docs/decisions/0013-one-face-for-every-machine.md for the contract. Offer
 * {@link V6Peer.receivePacket} every packet to `P:ffff::1`, and {@link V6Peer.receiveProof} every packet of clients
 * while {@link V6Peer.wantsProofs}.
 */
import {
  type Drain,
  type ErrorMessage,
  MAX_DRAIN_SECONDS,
  type Message,
  type PairMessage,
  type ProbeFault,
  type Unpair,
} from "@nat64/peer-protocol";
import { MAX_OTHER_DRAIN_MS, type V6PeerOptions, type V6PeerSettings } from "./options.ts";
import { Outbox } from "./outbox.ts";
import type { V6PeerOutput } from "./outputs.ts";
import { Pairing } from "./pairs/pairing.ts";
import { SelectorKeeper } from "./pairs/selector-keeper.ts";
import type { V6Pair } from "./pairs/v6-pair.ts";
import { V6Pairs } from "./pairs/v6-pairs.ts";
import { registerMessage } from "./registration/register-message.ts";
import { Registration, type RegistrationState } from "./registration/registration.ts";
import { describePair, type ExitDescription } from "./status.ts";

/** Error codes that are always about the registration, whichever message they name. */
const REGISTRATION_CODES = ["prefix-refused", "prefix-unproven", "prefix-lost"];

export class V6Peer {
  readonly #options: V6PeerOptions;
  readonly #outbox: Outbox = new Outbox();
  readonly #pairing: Pairing;
  readonly #pairs: V6Pairs;
  readonly #registration: Registration;
  readonly #selectors: SelectorKeeper;
  #settings: V6PeerSettings;

  /** Before the first connection, nothing is due. */
  constructor(options: V6PeerOptions, now: number) {
    const outbox = this.#outbox;
    const settings = (): V6PeerSettings => this.#settings;
    this.#options = options;
    this.#settings = options.settings;
    this.#selectors = new SelectorKeeper(options.selectors, options.timeZeroUnixMs, outbox, now);
    this.#pairs = new V6Pairs({ options, settings, outbox });
    this.#pairing = new Pairing({ options, settings, pairs: this.#pairs, selectors: this.#selectors, outbox });
    this.#registration = new Registration({
      describe: () => registerMessage(options, this.#settings, this.#pairs, this.#pairing.isDraining),
      outbox,
    });
  }

  get registration(): RegistrationState {
    return this.#registration.state;
  }

  /** Rejected probes, by fault. */
  get probeFaults(): Readonly<Partial<Record<ProbeFault, number>>> {
    return this.#pairs.faults;
  }

  /** The connection to the coordinator is open: `welcome` has arrived. */
  opened(now: number): readonly V6PeerOutput[] {
    this.#pairing.clear();
    // The coordinator reports again which peers are away.
    for (const pair of this.#pairs) pair.isAway = false;
    this.#registration.ask(now);
    return this.#outbox.take();
  }

  /** The connection to the coordinator is lost. Pairs and paths continue. */
  lost(_now: number): readonly V6PeerOutput[] {
    this.#pairing.clear();
    this.#registration.lose();
    return this.#outbox.take();
  }

  /** The operator changed the settings. */
  configure(settings: V6PeerSettings, now: number): readonly V6PeerOutput[] {
    this.#settings = settings;
    for (const pair of [...this.#pairs]) {
      this.#options.control.exits.setWeight(pair.exit, this.#pairs.weightOf(pair));
      if (settings.banned.includes(pair.peer)) this.#pairs.end(pair, "banned");
      else if (settings.onlyWanted && !settings.wants.includes(pair.peer)) this.#pairs.end(pair, "operator");
    }
    // Preferred peers stay; of the others, the newest pairs end.
    const surplus = [...this.#pairs].filter((pair) => !settings.wants.includes(pair.peer));
    while (this.#pairs.size > settings.exits && surplus.length > 0)
      this.#pairs.end(surplus.pop() as V6Pair, "operator");
    this.#registerAgain(now);
    return this.#outbox.take();
  }

  /**
   * Drains one pair, or all of them before this peer shuts down: they get no new clients, and they end after
   * `withinSeconds`. While the whole peer drains it also makes no new pairs.
   *
   * @param pair the id of a pair; undefined: the whole peer
   */
  drain(withinSeconds: number, pair: string | undefined, now: number): readonly V6PeerOutput[] {
    const pairs = this.#select(pair);
    if (pair === undefined) this.#setDraining(true, now);
    else if (pairs.length === 0) return this.#outbox.take();
    this.#outbox.sendMessage({ type: "drain", within: withinSeconds, ...(pair !== undefined && { pair }) });
    for (const each of pairs) {
      this.#pairs.drain(each);
      each.drainedAt = now + withinSeconds * 1000;
    }
    return this.#outbox.take();
  }

  /** Cancels a {@link drain} of one pair, or of the whole peer. Drains that the other ends started continue. */
  cancelDrain(pair: string | undefined, now: number): readonly V6PeerOutput[] {
    const pairs = this.#select(pair);
    if (pair === undefined ? this.#pairing.isDraining : pairs.length > 0) {
      for (const each of pairs) this.#pairs.cancelDrain(each);
      const which = pair !== undefined && { pair };
      this.#outbox.sendMessage({ type: "drain", within: MAX_DRAIN_SECONDS, cancel: true, ...which });
      if (pair === undefined) this.#setDraining(false, now);
    }
    return this.#outbox.take();
  }

  /** Ends a draining pair early because nothing uses it any more. @param pair the pair's id */
  finishDrain(pair: string, _now: number): readonly V6PeerOutput[] {
    for (const each of this.#select(pair)) this.#pairs.end(each, "drained");
    return this.#outbox.take();
  }

  /** Takes a message from the coordinator. */
  receiveMessage(message: Message, now: number): readonly V6PeerOutput[] {
    switch (message.type) {
      case "challenge":
        this.#registration.challenge(message, now);
        break;
      case "registered":
        this.#registered(now);
        break;
      case "propose":
        this.#pairing.consider(message, now);
        break;
      case "accept":
        this.#pairing.agree(message, now);
        break;
      case "decline":
        // The IPv4 peer may decline a pair that it has accepted.
        this.#receiveUnpair({ type: "unpair", pair: message.pair, reason: message.reason });
        break;
      case "pair":
        this.#setAddress(message, now);
        break;
      case "away":
        this.#receiveAway(message.pair, now);
        break;
      case "unpair":
        this.#receiveUnpair(message);
        break;
      case "drain":
        this.#receiveDrain(message, now);
        break;
      case "error":
        this.#receiveError(message, now);
        break;
      default:
        break;
    }
    return this.#outbox.take();
  }

  /** Whether a challenge is waiting for its datagrams. */
  get wantsProofs(): boolean {
    return this.#registration.wantsProofs;
  }

  /**
   * Packet path: checks, in place, whether a client packet is a datagram of a challenge.
   *
   * @returns undefined if the packet is not one, and is therefore an ordinary packet
   */
  receiveProof(bytes: Uint8Array, offset: number, length: number, now: number): readonly V6PeerOutput[] | undefined {
    return this.#registration.takeProof(bytes, offset, length, now) ? this.#outbox.take() : undefined;
  }

  /**
   * Packet path: takes, in place, a packet to `P:ffff::1`.
   *
   * @returns undefined if the packet is not for this machine, and is therefore an ordinary packet
   */
  receivePacket(bytes: Uint8Array, offset: number, length: number, now: number): readonly V6PeerOutput[] | undefined {
    return this.#pairs.receivePacket(bytes, offset, length, now) ? this.#outbox.take() : undefined;
  }

  /** The time of the next call of `advance`, in milliseconds. */
  nextDeadline(): number {
    return Math.min(
      this.#pairs.deadline,
      this.#registration.deadline,
      this.#pairing.deadline,
      this.#selectors.deadline,
    );
  }

  /** Does due work. */
  advance(now: number): readonly V6PeerOutput[] {
    this.#registration.advance(now);
    this.#pairing.advance(now);
    for (const pair of [...this.#pairs]) if (now >= pair.drainEnd) this.#pairs.end(pair, "drained");
    this.#pairs.advance(now);
    this.#selectors.advance(this.#pairs, now);
    return this.#outbox.take();
  }

  /** Describes all pairs, for status output. */
  describe(now: number): readonly ExitDescription[] {
    return [...this.#pairs].map((pair) => describePair(pair, this.#pairs.weightOf(pair), this.#options.control, now));
  }

  /** One pair, or all. */
  #select(id: string | undefined): readonly V6Pair[] {
    if (id === undefined) return [...this.#pairs];
    const pair = this.#pairs.get(id);
    return pair === undefined ? [] : [pair];
  }

  #registered(now: number): void {
    if (!this.#registration.confirm()) return;
    this.#outbox.log({ name: "registered", prefix: this.#options.prefix });
    for (const pair of this.#pairs) this.#pairs.report(pair, now);
  }

  #registerAgain(now: number): void {
    if (this.#registration.state !== "offline") this.#registration.ask(now);
  }

  #setAddress(message: PairMessage, now: number): void {
    const pair = this.#pairs.get(message.pair);
    if (pair === undefined) {
      this.#outbox.sendMessage({ type: "unpair", pair: message.pair, reason: "not-held" });
      return;
    }
    pair.isOrphan = false;
    pair.isAway = false;
    this.#pairs.limit(pair, message.limits.bandwidth);
    // The pair resumes with its old address: only the coordinator was unreachable, so the path continues.
    if (message.address === pair.address && pair.state !== "down") {
      this.#pairs.report(pair, now);
      return;
    }
    const fault = this.#pairs.setAddress(pair, message, now);
    if (fault !== undefined) this.#pairs.end(pair, "path-never-up", `The Teredo address cannot be used: ${fault}.`);
  }

  #receiveUnpair({ pair: id, reason }: Unpair): void {
    this.#pairing.withdraw(id, reason);
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    if (reason === "peer-gone" && pair.isUp) {
      pair.isOrphan = true;
      return;
    }
    this.#pairs.remove(pair);
    this.#outbox.log({ name: "unpaired", peer: pair.peer, reason, byUs: false });
  }

  #receiveAway(id: string, now: number): void {
    const pair = this.#pairs.get(id);
    if (pair !== undefined) this.#pairs.markAway(pair, now);
  }

  #receiveDrain({ pair: id, within, cancel }: Drain, now: number): void {
    const pair = id === undefined ? undefined : this.#pairs.get(id);
    if (pair === undefined) return;
    if (cancel === true) {
      this.#pairs.cancelDrainByOther(pair);
      return;
    }
    const seconds = Math.min(within, MAX_DRAIN_SECONDS);
    this.#pairs.drain(pair);
    // The coordinator sends this message and makes sure that no peer postpones the end forever.
    pair.drainedByOtherAt = now + seconds * 1000 + MAX_OTHER_DRAIN_MS;
    this.#outbox.log({ name: "draining", peer: pair.peer, seconds });
  }

  #receiveError(error: ErrorMessage, now: number): void {
    const { code, regarding, pair: id } = error;
    if (regarding === "register-v6" || regarding === "prove" || REGISTRATION_CODES.includes(code)) {
      this.#registration.refuse(error, now);
      return;
    }
    if (id === undefined) return;
    this.#pairing.withdraw(id, code);
    const pair = this.#pairs.get(id);
    if (pair !== undefined && code === "unknown-pair") pair.isOrphan = true;
  }

  #setDraining(isDraining: boolean, now: number): void {
    this.#pairing.isDraining = isDraining;
    this.#registerAgain(now);
  }
}
