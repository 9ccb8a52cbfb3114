/**
 * The machine of an IPv4 peer (design §5, PROTOCOL.md), sans-IO: registers, takes offers, answers bubbles and path
 * probes, and knows which relays are validated. It carries no packets: those are for the engine, between what
 * `relays` says.
 *
 * Drive loop: do the outputs in their order; call `advance` at `nextDeadline()`. `opened`, `lost` and `hear` are for what
 * a `CoordinatorConnection` tells; `receive` for every datagram that is not data from a validated relay. A pair whose
 * path is up goes on without the coordinator.
 */
import {
  type Accept,
  type Bubble,
  bytesOfBase64url,
  checkProbe,
  derivePairKeys,
  type ErrorMessage,
  type Goodbye,
  MAX_BUBBLES_PER_SECOND,
  type Message,
  makeEphemeralKeys,
  type Offer,
  type Pair,
  type PathState,
  peerIdOf,
  RELAY_LIFETIME,
  REPORT_INTERVAL,
  signAccept,
  type UNPAIR_REASONS,
  type Unpair,
  type Welcome,
} from "@nat64/peer-protocol";
import { bytesOf, formatIPv4, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { DatagramView, isBubble, parseDatagram } from "@nat64/teredo";
import { makeV4PeerCounters, type V4DropReason, type V4PeerCounters } from "./drops.ts";
import { forbid } from "./forbid.ts";
import { HeldPair } from "./held-pair.ts";
import { judgeAddress } from "./judge-address.ts";
import { type DeclineReason, declineOf, judgeOffer } from "./judge-offer.ts";
import { AGREEMENT_TIMEOUT_MS, type V4PeerOptions } from "./options.ts";
import { happened, type V4PeerOutput } from "./outputs.ts";
import { PairBook } from "./pair-book.ts";
import { PathResponder } from "./path-responder.ts";
import { RateWindow } from "./rate-window.ts";
import { Registration } from "./registration.ts";
import { RelayTable } from "./relay-table.ts";
import { describePair, type V4PeerStatus } from "./status.ts";

const NOTHING: readonly V4PeerOutput[] = [];

/** Offset of the destination address in an IPv6 header (RFC 8200 §3). */
const DESTINATION = 24;

/** Milliseconds after which a registration that was refused for now is tried again, unless told otherwise. */
const REGISTER_AGAIN_MS = 60_000;

export class V4Peer {
  /** Validated relays, for the packet path. */
  readonly relays: RelayTable = new RelayTable();
  readonly counters: V4PeerCounters = makeV4PeerCounters();
  readonly #options: V4PeerOptions;
  readonly #registration: Registration;
  readonly #pairs: PairBook;
  readonly #bubbleRate = new RateWindow(MAX_BUBBLES_PER_SECOND);
  readonly #view = new DatagramView();
  #welcome: Welcome | undefined;
  #isRegistered = false;
  #isDraining = false;
  #registerAt: number = Number.POSITIVE_INFINITY;

  constructor(options: V4PeerOptions) {
    this.#options = options;
    this.#registration = new Registration(options);
    this.#pairs = new PairBook(options.blocks.length);
  }

  /** When `advance` has something to do, in milliseconds. */
  nextDeadline(): number {
    let next = Math.min(this.#registerAt, this.#registration.nextDeadline(), this.relays.nextDeadline());
    for (const { agreementDeadline, reportAt, drainedAt } of this.#pairs) {
      next = Math.min(next, agreementDeadline, reportAt, drainedAt);
    }
    return next;
  }

  /** Does what is due. */
  advance(now: number): readonly V4PeerOutput[] {
    const outputs: V4PeerOutput[] = [...this.#registration.advance(now)];
    if (this.#registerAt <= now) outputs.push(...this.#register());
    if (this.relays.expire(now)) outputs.push(...this.#findDeadPaths());
    for (const pair of [...this.#pairs]) {
      if (pair.agreementDeadline <= now) outputs.push(...this.#end(pair, "timeout"));
      else if (pair.drainedAt <= now) outputs.push(...this.#unpair(pair, "drained"));
      else if (pair.reportAt <= now) outputs.push(this.#report(pair, "up", now));
    }
    return outputs;
  }

  /** The coordinator said `welcome`: registers, with the pairs that are held. */
  opened(welcome: Welcome): readonly V4PeerOutput[] {
    this.#welcome = welcome;
    return [this.#forbid(), ...this.#register()];
  }

  /** There is no connection any more. Paths that are up stay up. */
  lost(): void {
    this.#registration.stop();
    this.#isRegistered = false;
    this.#registerAt = Number.POSITIVE_INFINITY;
  }

  /** Takes a message of the coordinator. */
  hear(message: Message, now: number): readonly V4PeerOutput[] {
    switch (message.type) {
      case "solicit":
        return [...this.#registration.solicit(message, now), this.#forbid()];
      case "registered":
        return this.#hearRegistered(message);
      case "offer":
        return this.#judge(message, now);
      case "pair":
        return this.#hearPair(message, now);
      case "decline":
        return this.#forget(message.pair, message.reason);
      case "unpair":
        return this.#hearUnpair(message);
      case "bubble":
        return this.#answerBubble(message, now);
      case "drain":
        return [happened({ ...message, name: message.cancel === true ? "stays" : "drain" })];
      case "error":
        return this.#hearError(message, now);
      default:
        return NOTHING;
    }
  }

  /**
   * Whether an IPv4 address (int32 word) and UDP port is one of the coordinator's two UDP endpoints: from elsewhere no
   * encapsulation of RFC 4380 §5.1.1 is of use. For the packet path: allocates nothing.
   */
  isFromServer(address: number, port: number): boolean {
    return this.#registration.isFromServer(address, port);
  }

  /**
   * Takes a UDP datagram that is not data from a validated relay: of the coordinator, a probe, or something to be dropped
   * and counted. @param address who sent it, an int32 word
   */
  receive(address: number, port: number, bytes: Uint8Array, now: number): readonly V4PeerOutput[] {
    if (this.#registration.isFromServer(address, port)) {
      const heard = this.#registration.receive(address, port, bytes, now);
      return heard === "bad-advertisement" ? this.#drop(heard) : [...heard, ...this.#forbidMapping(heard)];
    }
    const view = this.#view;
    if (parseDatagram(bytes, 0, bytes.length, view) !== 0) return this.#drop("malformed");
    const { packetAt, packetLength } = view;
    const pair = this.#pairs.findByTeredo(bytes, packetAt + DESTINATION);
    if (pair?.responder === undefined) return this.#drop("unknown-destination");
    if (isBubble(bytes, packetAt)) return this.#drop("uninvited-bubble");
    const fault = checkProbe(bytes, packetAt, packetLength);
    if (fault === "not-a-probe") return this.#drop("relay-not-validated");
    if (fault !== undefined) return this.#drop(fault);
    if (!this.#mayBeRelay(address, port)) return this.#drop("relay-not-global");
    return this.#takeProbe(pair, pair.responder, { address: address | 0, port }, bytes, packetAt, now);
  }

  /**
   * Gives the clients of all pairs, or of one, time to end: the other ends send no new ones, sessions go on, and after so
   * many seconds the pairs end. Without a pair no more offers are taken either; say goodbye when all have ended.
   */
  drain(within: number, now: number, id?: string): readonly V4PeerOutput[] {
    const pairs = id === undefined ? [...this.#pairs] : [this.#pairs.get(id)].filter((pair) => pair !== undefined);
    if (id === undefined) this.#isDraining = true;
    else if (pairs.length === 0) return NOTHING;
    for (const pair of pairs) pair.drainedAt = now + within * 1000;
    return [{ kind: "say", message: { type: "drain", within, ...(id !== undefined && { pair: id }) } }];
  }

  /** Ends a pair by the owner's wish. */
  unpair(id: string): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(id);
    return pair === undefined ? NOTHING : this.#unpair(pair, "operator");
  }

  /** How everything is, for people. Allocates. */
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
    const message: Message = {
      type: "register-v4",
      internet: policy.internet,
      publishes: policy.services.length > 0,
      ...(bandwidth !== undefined && { bandwidth }),
      // So that nothing is proposed after a reconnection, either.
      maxPairs: this.#isDraining ? 0 : blocks.length,
      wants,
      onlyWanted,
      pairs: [...this.#pairs].flatMap(({ asField }) => asField ?? []),
    };
    return [{ kind: "say", message }];
  }

  #hearRegistered(message: Message & { readonly type: "registered" }): readonly V4PeerOutput[] {
    if (message.role !== "v4peer") return NOTHING;
    this.#isRegistered = true;
    return [happened({ name: "registered", address: message.address, port: message.port })];
  }

  #hearError(message: ErrorMessage, now: number): readonly V4PeerOutput[] {
    const { code, regarding } = message;
    const again = (message.retryAfter ?? 0) * 1000;
    if (code === "mapping-unproven") this.#registration.repeat(now);
    if (regarding === "register-v4" && message.temporary) this.#registerAt = now + Math.max(again, REGISTER_AGAIN_MS);
    return [
      happened({
        name: "coordinator-error",
        code,
        message: message.message,
        ...(regarding !== undefined && { regarding }),
      }),
    ];
  }

  #judge(offer: Offer, now: number): readonly V4PeerOutput[] {
    const { suite, blocks, policy, pinnedInternet, sign } = this.#options;
    // The same offer again would make other keys than those that the first answer has made.
    if (this.#pairs.get(offer.pair) !== undefined) return NOTHING;
    const peer = peerIdOf(bytesOfBase64url(offer.from), suite);
    const refusal = judgeOffer(offer, this.#options) ?? (this.#isDraining ? "draining" : undefined);
    if (refusal !== undefined) return this.#decline(offer, peer, refusal);
    const outputs = this.#pairs.replacedBy(peer, offer.prefix).flatMap((pair) => this.#end(pair, "replaced"));
    const place = this.#pairs.takePlace();
    if (place === undefined) return this.#decline(offer, peer, blocks.length === 0 ? "no-ports" : "full");
    const ephemeral = makeEphemeralKeys(suite);
    const terms = { ports: blocks[place], policy, pinnedInternet, ephemeral: ephemeral.publicKey };
    const accept: Accept = signAccept(offer, terms, sign);
    const keys = derivePairKeys(offer, accept, "v4peer", ephemeral.privateKey, suite);
    ephemeral.privateKey.fill(0);
    if (keys === "weak-key") {
      this.#pairs.giveBack(place);
      return [...outputs, ...this.#decline(offer, peer, "bad-signature")];
    }
    this.#pairs.add(new HeldPair(offer, place, peer, keys, now + AGREEMENT_TIMEOUT_MS));
    const accepted = happened({ name: "offer-accepted", pair: offer.pair, peer, place });
    return [...outputs, { kind: "say", message: accept }, accepted];
  }

  #decline(offer: Offer, peer: string, reason: DeclineReason): readonly V4PeerOutput[] {
    return [{ kind: "say", message: declineOf(offer, reason) }, happened({ name: "offer-declined", peer, reason })];
  }

  #hearPair(message: Pair, now: number): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(message.pair);
    if (pair === undefined) {
      return [{ kind: "say", message: { type: "unpair", pair: message.pair, reason: "not-held" } }];
    }
    const teredo = bytesOf(parseIPv6(message.address));
    const { server, mapping } = this.#registration;
    const fault = judgeAddress(teredo, { server, mapping, refusals: this.#options.refusals });
    if (fault !== undefined) return [happened({ name: "pair-refused", pair: pair.id, reason: fault })];
    pair.agreementDeadline = Number.POSITIVE_INFINITY;
    pair.isOrphan = false;
    const isSame = pair.teredo?.every((byte, i) => byte === teredo[i]) ?? false;
    const { bandwidth } = message.limits;
    const isLimitSame = pair.bandwidth === bandwidth;
    pair.bandwidth = bandwidth;
    if (isSame) {
      const set = isLimitSame ? NOTHING : [pair.setAt(teredo)];
      return pair.isUp ? [...set, this.#report(pair, "up", now)] : set;
    }
    pair.teredo = teredo;
    pair.responder = new PathResponder(pair.endsAt(teredo), this.#options.suite, pair.answerRate);
    pair.isUp = false;
    pair.reportAt = Number.POSITIVE_INFINITY;
    this.relays.clear(pair.place);
    return [
      pair.setAt(teredo),
      happened({ name: "pair-ready", pair: pair.id, place: pair.place, reason: message.reason }),
    ];
  }

  #hearUnpair({ pair: id, reason }: Unpair): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(id);
    if (pair === undefined) return NOTHING;
    // The other end may live and only have lost its coordinator.
    if (reason === "peer-gone" && pair.isUp) {
      pair.isOrphan = true;
      return NOTHING;
    }
    return this.#end(pair, reason);
  }

  #forget(id: string, reason: string): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(id);
    return pair === undefined ? NOTHING : this.#end(pair, reason);
  }

  #unpair(pair: HeldPair, reason: keyof typeof UNPAIR_REASONS): readonly V4PeerOutput[] {
    return [{ kind: "say", message: { type: "unpair", pair: pair.id, reason } }, ...this.#end(pair, reason)];
  }

  #end(pair: HeldPair, reason: Goodbye["reason"]): readonly V4PeerOutput[] {
    const wasSet = pair.teredo !== undefined;
    this.#pairs.remove(pair);
    this.relays.clear(pair.place);
    const ended = happened({ name: "pair-ended", pair: pair.id, place: pair.place, reason });
    return wasSet ? [{ kind: "pair-removed", place: pair.place }, ended] : [ended];
  }

  #answerBubble(message: Bubble, now: number): readonly V4PeerOutput[] {
    const pair = this.#pairs.get(message.pair);
    if (pair?.address !== message.address || pair.teredo === undefined) return this.#drop("bubble-refused");
    const relay = { address: parseIPv4(message.relay.address), port: message.relay.port };
    // Checked before the rate, so that what is refused anyway takes nothing away from the others.
    if (!this.#mayBeRelay(relay.address, relay.port)) return this.#drop("relay-not-global");
    const bubble = this.#registration.answerBubble(pair.teredo, bytesOf(parseIPv6(message.source)), relay, now);
    if (bubble === undefined || !this.#bubbleRate.allow(now)) return this.#drop("bubble-refused");
    this.counters.bubblesSent++;
    return [bubble];
  }

  #takeProbe(
    pair: HeldPair,
    responder: PathResponder,
    relay: { readonly address: number; readonly port: number },
    bytes: Uint8Array,
    packetAt: number,
    now: number,
  ): readonly V4PeerOutput[] {
    const verdict = responder.take(bytes, packetAt, relay, now);
    switch (verdict.kind) {
      case "dropped":
        return this.#drop(verdict.reason as V4DropReason);
      case "answer":
        this.counters.probesAnswered++;
        return [{ kind: "datagram", ...relay, bytes: verdict.packet }];
      case "validated":
        this.counters.relaysValidated++;
        this.relays.validate(pair.place, relay.address, relay.port, now + RELAY_LIFETIME);
        return pair.isUp ? NOTHING : this.#rise(pair, now);
    }
  }

  #rise(pair: HeldPair, now: number): readonly V4PeerOutput[] {
    pair.isUp = true;
    const up = happened({ name: "path-up", pair: pair.id, place: pair.place });
    return [this.#report(pair, "up", now), up];
  }

  #findDeadPaths(): readonly V4PeerOutput[] {
    return [...this.#pairs].flatMap((pair) => {
      if (!pair.isUp || this.relays.count(pair.place) > 0) return [];
      const down = happened({ name: "path-down", pair: pair.id, place: pair.place });
      const report = this.#report(pair, "down", Number.POSITIVE_INFINITY);
      pair.isUp = false;
      return [report, down, ...(pair.isOrphan ? this.#end(pair, "peer-gone") : [])];
    });
  }

  #report(pair: HeldPair, state: PathState, now: number): V4PeerOutput {
    pair.reportAt = now + REPORT_INTERVAL;
    const cause = state === "down" ? { cause: "no-probe" } : {};
    return { kind: "say", message: { type: "path", pair: pair.id, address: pair.address as string, state, ...cause } };
  }

  /** Relays have global addresses, and none of ours or of the coordinator. */
  #mayBeRelay(address: number, port: number): boolean {
    const { mapping } = this.#registration;
    if (port === 0 || this.#options.refusals.refusesIPv4(address | 0)) return false;
    if (mapping !== undefined && (mapping.address | 0) === (address | 0)) return false;
    return !this.#registration.isFromServer(address, port);
  }

  #forbidMapping(outputs: readonly V4PeerOutput[]): readonly V4PeerOutput[] {
    const isNew = outputs.some((output) => output.kind === "event" && output.event.name === "mapped");
    return isNew ? [this.#forbid()] : NOTHING;
  }

  /** What must not be reached through us, whatever the policy says (design §3). */
  #forbid(): V4PeerOutput {
    const { mapping, servers } = this.#registration;
    return forbid(this.#welcome, mapping === undefined ? servers : [...servers, mapping]);
  }
}
