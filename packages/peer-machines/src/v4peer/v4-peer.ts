/**
 * The machine of an IPv4 peer (design §5, PROTOCOL.md), sans-IO. It registers, accepts offers, answers bubbles and path
 * probes, and knows which relays are validated. It carries no packets: the data path does that with the engine, for
 * relays that `relays` allows.
 *
 * Every input returns its outputs; see docs/decisions/0013-one-face-for-every-machine.md for the contract. `opened`,
 * `lost` and `receiveMessage` are for what a `CoordinatorConnection` reports; `receiveDatagram` is for every datagram that
 * is not data from a validated relay. A pair whose path is up continues without the coordinator.
 */
import {
  type Bubble,
  checkProbe,
  type ErrorMessage,
  MAX_BUBBLES_PER_SECOND,
  type Message,
  type PairMessage,
  type UNPAIR_REASONS,
  type Unpair,
  type Welcome,
} from "@nat64/peer-protocol";
import { bytesOf, formatIPv4, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { DatagramView, isBubble, parseDatagram } from "@nat64/teredo";
import { EventWindow } from "@nat64/teredo/limits";
import { makeV4PeerCounters, type V4DropReason, type V4PeerCounters } from "./drops.ts";
import { forbiddenDestinations } from "./forbidden-destinations.ts";
import type { V4PeerOptions } from "./options.ts";
import { happened, send, type V4PeerOutput } from "./outputs.ts";
import { judgePairAddress } from "./pairs/judge-pair-address.ts";
import { Offers } from "./pairs/offers.ts";
import { PathReports } from "./pairs/path-reports.ts";
import type { V4Pair } from "./pairs/v4-pair.ts";
import { V4Pairs } from "./pairs/v4-pairs.ts";
import { Registration } from "./registration/registration.ts";
import { RelayValidation } from "./relays/relay-validation.ts";
import { ValidatedRelays } from "./relays/validated-relays.ts";
import { describePair, type V4PeerStatus } from "./status.ts";

const NOTHING: readonly V4PeerOutput[] = [];

/** Offset of the destination address in an IPv6 header (RFC 8200 §3). */
const DESTINATION = 24;

/** Milliseconds after which a temporarily refused registration is retried, unless the error asks for a longer time. */
const MAPPED_RETRY_MS = 10_000;
const REGISTER_RETRY_MS = 60_000;

export class V4Peer {
  /** Validated relays, for the packet path. */
  readonly relays: ValidatedRelays = new ValidatedRelays();
  readonly counters: V4PeerCounters = makeV4PeerCounters();
  readonly #options: V4PeerOptions;
  readonly #registration: Registration;
  readonly #pairs: V4Pairs;
  readonly #offers: Offers;
  readonly #paths: PathReports;
  readonly #bubbleRate = new EventWindow(MAX_BUBBLES_PER_SECOND);
  readonly #view = new DatagramView();
  #welcome: Welcome | undefined;
  #isRegistered = false;
  #isDraining = false;
  #registerAt: number = Number.POSITIVE_INFINITY;

  constructor(options: V4PeerOptions) {
    this.#options = options;
    this.#registration = new Registration(options);
    this.#pairs = new V4Pairs(options.blocks.length, this.relays);
    this.#offers = new Offers(options, this.#pairs);
    this.#paths = new PathReports(this.#pairs, this.relays, this.counters);
  }

  /** The time of the next call of `advance`, in milliseconds. */
  nextDeadline(): number {
    let next = Math.min(this.#registerAt, this.#registration.nextDeadline(), this.relays.nextDeadline());
    for (const { agreementDeadline, reportAt, drainedAt } of this.#pairs) {
      next = Math.min(next, agreementDeadline, reportAt, drainedAt);
    }
    return next;
  }

  /** Does due work. */
  advance(now: number): readonly V4PeerOutput[] {
    const outputs: V4PeerOutput[] = [...this.#registration.advance(now)];
    if (this.#registerAt <= now) outputs.push(...this.#register());
    outputs.push(...this.#paths.advance(now));
    for (const pair of [...this.#pairs]) {
      if (pair.agreementDeadline <= now) outputs.push(...this.#pairs.end(pair, "timeout"));
      else if (pair.drainedAt <= now) outputs.push(...this.#unpair(pair, "drained"));
      else if (pair.reportAt <= now) outputs.push(this.#paths.reportUp(pair, now));
    }
    return outputs;
  }

  /** The connection to the coordinator is open, with `welcome`. Registers with all pairs. */
  opened(welcome: Welcome, _now: number): readonly V4PeerOutput[] {
    this.#welcome = welcome;
    return [this.#forbiddenDestinations(), ...this.#register()];
  }

  /** The connection to the coordinator is lost. Paths that are up stay up. */
  lost(_now: number): readonly V4PeerOutput[] {
    this.#registration.stop();
    this.#isRegistered = false;
    this.#registerAt = Number.POSITIVE_INFINITY;
    return NOTHING;
  }

  /** Takes a message from the coordinator. */
  receiveMessage(message: Message, now: number): readonly V4PeerOutput[] {
    switch (message.type) {
      case "solicit":
        return [...this.#registration.solicit(message, now), this.#forbiddenDestinations()];
      case "registered":
        return this.#receiveRegistered(message);
      case "offer":
        return this.#offers.answer(message, this.#isDraining, now);
      case "pair":
        return this.#receivePair(message, now);
      case "decline":
        return this.#endPair(message.pair, message.reason);
      case "unpair":
        return this.#receiveUnpair(message);
      case "bubble":
        return this.#answerBubble(message, now);
      case "drain":
        return [happened({ ...message, name: message.cancel === true ? "drain-cancelled" : "drain" })];
      case "error":
        return this.#receiveError(message, now);
      default:
        return NOTHING;
    }
  }

  /**
   * Packet path: whether an IPv4 address (int32 word) and UDP port is one of the coordinator's two UDP endpoints.
   * Encapsulations of RFC 4380 §5.1.1 are only valid from there. Allocates nothing.
   */
  isFromServer(address: number, port: number): boolean {
    return this.#registration.isFromServer(address, port);
  }

  /**
   * Takes a UDP datagram that is not data from a validated relay: a datagram from the coordinator, a probe, or one that
   * is dropped and counted.
   *
   * @param address the sender's IPv4 address, an int32 word
   */
  receiveDatagram(address: number, port: number, bytes: Uint8Array, now: number): readonly V4PeerOutput[] {
    if (this.#registration.isFromServer(address, port)) {
      const outputs = this.#registration.receiveDatagram(address, port, bytes, now);
      return outputs === "bad-advertisement" ? this.#drop(outputs) : [...outputs, ...this.#forbidMapping(outputs)];
    }
    const view = this.#view;
    if (parseDatagram(bytes, 0, bytes.length, view) !== 0) return this.#drop("malformed");
    const { packetAt, packetLength } = view;
    const pair = this.#pairs.findByTeredo(bytes, packetAt + DESTINATION);
    if (pair === undefined) return this.#drop("unknown-destination");
    if (isBubble(bytes, packetAt)) return this.#drop("uninvited-bubble");
    const fault = checkProbe(bytes, packetAt, packetLength);
    if (fault === "not-a-probe") return this.#drop("relay-not-validated");
    if (fault !== undefined) return this.#drop(fault);
    if (!this.#mayBeRelay(address, port)) return this.#drop("relay-not-global");
    const outputs = this.#paths.receiveProbe(pair, { address: address | 0, port }, bytes, packetAt, now);
    return typeof outputs === "string" ? this.#drop(outputs as V4DropReason) : outputs;
  }

  /**
   * Drains one pair, or all of them before this peer shuts down: the other ends send no new clients, open sessions
   * continue, and the pairs end after `withinSeconds`. While the whole peer drains it also accepts no offers; say goodbye
   * when all pairs have ended.
   *
   * @param pair the id of a pair; undefined: the whole peer
   */
  drain(withinSeconds: number, pair: string | undefined, now: number): readonly V4PeerOutput[] {
    const pairs = [...this.#pairs].filter(({ id }) => pair === undefined || id === pair);
    if (pair === undefined) this.#isDraining = true;
    else if (pairs.length === 0) return NOTHING;
    for (const each of pairs) each.drainedAt = now + withinSeconds * 1000;
    return [send({ type: "drain", within: withinSeconds, ...(pair !== undefined && { pair }) })];
  }

  /** Ends a pair at the owner's request. @param id the pair's id */
  unpair(id: string, _now: number): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(id);
    return pair === undefined ? NOTHING : this.#unpair(pair, "operator");
  }

  /** Returns the complete status. Allocates. */
  describe(): V4PeerStatus {
    const { mapping, nat } = this.#registration;
    return {
      registered: this.#isRegistered,
      draining: this.#isDraining,
      nat,
      ...(mapping !== undefined && { mapping: { address: formatIPv4(mapping.address), port: mapping.port } }),
      ...(this.#welcome !== undefined && { observed: this.#welcome.observed }),
      pairs: [...this.#pairs].map((pair) => describePair(pair, this.relays, this.#options.blocks)),
    };
  }

  #drop(reason: V4DropReason): readonly V4PeerOutput[] {
    this.counters.drops[reason]++;
    return NOTHING;
  }

  #register(): readonly V4PeerOutput[] {
    const { policy, bandwidth, blocks, wants, onlyWanted } = this.#options;
    this.#registerAt = Number.POSITIVE_INFINITY;
    return [
      send({
        type: "register-v4",
        internet: policy.internet,
        publishes: policy.services.length > 0,
        ...(bandwidth !== undefined && { bandwidth }),
        // The coordinator must not propose this peer after a reconnection either.
        maxPairs: this.#isDraining ? 0 : blocks.length,
        wants,
        onlyWanted,
        pairs: [...this.#pairs].flatMap(({ asField }) => asField ?? []),
      }),
    ];
  }

  #receiveRegistered(message: Message & { readonly type: "registered" }): readonly V4PeerOutput[] {
    if (message.role !== "v4peer") return NOTHING;
    this.#isRegistered = true;
    return [happened({ name: "registered", address: message.address, port: message.port })];
  }

  #receiveError(error: ErrorMessage, now: number): readonly V4PeerOutput[] {
    const { code, regarding, message } = error;
    const retryMs = (error.retryAfter ?? 0) * 1000;
    if (code === "mapping-unproven") this.#registration.repeat(now);
    else if (regarding === "mapped" && error.temporary)
      this.#registration.repeatAt(now + Math.max(retryMs, MAPPED_RETRY_MS));
    if (regarding === "register-v4" && error.temporary) this.#registerAt = now + Math.max(retryMs, REGISTER_RETRY_MS);
    return [happened({ name: "coordinator-error", code, message, ...(regarding !== undefined && { regarding }) })];
  }

  #receivePair(message: PairMessage, now: number): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(message.pair);
    if (pair === undefined) return [send({ type: "unpair", pair: message.pair, reason: "not-held" })];
    const teredo = bytesOf(parseIPv6(message.address));
    const { server, mapping } = this.#registration;
    const fault = judgePairAddress(teredo, { server, mapping, refusals: this.#options.refusals });
    if (fault !== undefined) return [happened({ name: "pair-refused", pair: pair.id, reason: fault })];
    // The path may be down because this peer's own mapping has moved.
    if (message.reason === "path-down") this.#registration.refresh(now);
    pair.agreementDeadline = Number.POSITIVE_INFINITY;
    pair.isOrphan = false;
    const isSameAddress = pair.teredo?.every((byte, i) => byte === teredo[i]) ?? false;
    const { bandwidth } = message.limits;
    const isSameLimit = pair.bandwidth === bandwidth;
    pair.bandwidth = bandwidth;
    if (isSameAddress) {
      const set = isSameLimit ? NOTHING : [pair.setAt(teredo)];
      return pair.isUp ? [...set, this.#paths.reportUp(pair, now)] : set;
    }
    pair.teredo = teredo;
    pair.validation = new RelayValidation(pair.endsAt(teredo), this.#options.suite, pair.answerRate);
    pair.isUp = false;
    pair.reportAt = Number.POSITIVE_INFINITY;
    this.relays.clear(pair.place);
    return [
      pair.setAt(teredo),
      happened({ name: "pair-ready", pair: pair.id, place: pair.place, reason: message.reason }),
    ];
  }

  #receiveUnpair({ pair: id, reason }: Unpair): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(id);
    // The other end may be alive and may only have lost its coordinator.
    if (reason === "peer-gone" && pair?.isUp) {
      pair.isOrphan = true;
      return NOTHING;
    }
    return this.#endPair(id, reason);
  }

  #endPair(id: string, reason: string): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(id);
    return pair === undefined ? NOTHING : this.#pairs.end(pair, reason);
  }

  #unpair(pair: V4Pair, reason: keyof typeof UNPAIR_REASONS): readonly V4PeerOutput[] {
    return [send({ type: "unpair", pair: pair.id, reason }), ...this.#pairs.end(pair, reason)];
  }

  #answerBubble(message: Bubble, now: number): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(message.pair);
    if (pair?.address !== message.address || pair.teredo === undefined) return this.#drop("bubble-refused");
    const relay = { address: parseIPv4(message.relay.address), port: message.relay.port };
    // Checked before the rate limit, so that a refused bubble does not use it up.
    if (!this.#mayBeRelay(relay.address, relay.port)) return this.#drop("relay-not-global");
    const bubble = this.#registration.answerBubble(pair.teredo, bytesOf(parseIPv6(message.source)), relay, now);
    if (bubble.length === 0 || !this.#bubbleRate.allow(now)) return this.#drop("bubble-refused");
    this.counters.bubblesSent++;
    return bubble;
  }

  /** Relays have global addresses, which are neither ours nor the coordinator's. */
  #mayBeRelay(address: number, port: number): boolean {
    const { mapping } = this.#registration;
    if (port === 0 || this.#options.refusals.refusesIPv4(address | 0)) return false;
    if (mapping !== undefined && (mapping.address | 0) === (address | 0)) return false;
    return !this.#registration.isFromServer(address, port);
  }

  #forbidMapping(outputs: readonly V4PeerOutput[]): readonly V4PeerOutput[] {
    const isNew = outputs.some((output) => output.kind === "event" && output.event.name === "mapped");
    return isNew ? [this.#forbiddenDestinations()] : NOTHING;
  }

  /** Destinations that must not be reached through this peer, regardless of the policy (design §3). */
  #forbiddenDestinations(): V4PeerOutput {
    const { mapping, servers } = this.#registration;
    return forbiddenDestinations(this.#welcome, mapping === undefined ? servers : [...servers, mapping]);
  }
}
