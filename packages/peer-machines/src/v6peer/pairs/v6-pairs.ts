/** The pairs of this IPv6 peer. Their exits in the engine follow the state of their paths. */
import {
  checkProbe,
  isProbeOf,
  type Message,
  type PairMessage,
  type PathState,
  type ProbeFault,
} from "@nat64/peer-protocol";
import { bytesOf, compilePool, type IPv6Words, parseIPv6, SELECTOR } from "@nat64/rfc6052";
import { get32 } from "@nat64/rfc6052/bytes";
import { checkTeredoBytes } from "@nat64/teredo";
import {
  AGREEMENT_TIMEOUT_MS,
  END_SESSIONS_AFTER_MS,
  TRAFFIC_CHECK_INTERVAL_MS,
  type V6PeerOptions,
  type V6PeerSettings,
} from "../options.ts";
import type { Outbox } from "../outbox.ts";
import { Path } from "../paths/path.ts";
import type { Agreement } from "./agreements.ts";
import { ExitPlaces } from "./exit-places.ts";
import type { YieldReason } from "./trust.ts";
import { V6Pair } from "./v6-pair.ts";

/** Dependencies of the pairs. */
export interface V6PairsParts {
  readonly options: Pick<V6PeerOptions, "control" | "suite" | "refusals" | "prefix">;
  readonly settings: () => V6PeerSettings;
  readonly outbox: Outbox;
}

/** ICMPv6 Destination Unreachable, address unreachable, and where the packet inside begins (RFC 4443 §3.1). */
const UNREACHABLE = 1;
const ADDRESS_UNREACHABLE = 3;
const ICMPV6 = 58;
const IPV6_HEADER = 40;
const INNER = IPV6_HEADER + 8;

/** Milliseconds between two checks while no path is up. */
const DOWN_CHECK_INTERVAL_MS = 1_000;

/**
 * After so many pairs in a row without a path, the fault may be on this side, for example a relay that does not work. Then
 * each further pair keeps its place for a while, so that this peer does not ask all IPv4 peers of the coordinator in turn.
 */
const MAX_FRUITLESS = 32;
const FRUITLESS_PAUSE_MS = 60_000;

export class V6Pairs {
  readonly #parts: V6PairsParts;
  readonly #places: ExitPlaces;
  readonly #byId = new Map<string, V6Pair>();
  /** `P:ffff::1`. */
  readonly #own: Uint8Array;
  #checkAt: number = Number.POSITIVE_INFINITY;
  /** Pairs in a row whose first path did not come up. */
  #fruitless = 0;
  /** Rejected probes, by fault. */
  readonly faults: Partial<Record<ProbeFault, number>> = {};

  constructor(parts: V6PairsParts) {
    this.#parts = parts;
    this.#places = new ExitPlaces(parts.options.control);
    this.#own = bytesOf(parseIPv6(compilePool(parts.options.prefix).embed(SELECTOR.self, "0.0.0.1")));
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): V6Pair | undefined {
    return this.#byId.get(id);
  }

  [Symbol.iterator](): Iterator<V6Pair> {
    return this.#byId.values();
  }

  /** The pair with an IPv4 peer, if there is one. */
  of(peer: string): V6Pair | undefined {
    for (const pair of this) if (pair.peer === peer) return pair;
    return undefined;
  }

  /** Creates a pair. Returns undefined if there is no place for it. */
  add(agreement: Agreement, now: number): V6Pair | undefined {
    const exit = this.#places.take();
    if (exit < 1) return undefined;
    const pair = new V6Pair(agreement, exit, now);
    this.#byId.set(pair.id, pair);
    return pair;
  }

  /** Ends a pair, and tells the other end. */
  end(pair: V6Pair, reason: string, message?: string): void {
    const { outbox } = this.#parts;
    outbox.sendMessage({ type: "unpair", pair: pair.id, reason, ...(message !== undefined && { message }) });
    this.remove(pair);
    outbox.log({ name: "unpaired", peer: pair.peer, reason, byUs: true });
  }

  /** Why a pair gives its place to the next proposal, if it does. Pairs that the owner wants keep theirs. */
  yieldsFor(pair: V6Pair, now: number): YieldReason | undefined {
    if (!this.#mayYield(pair)) return undefined;
    const reason = pair.trust.yieldsFor(now);
    const isFruitless = reason === "path-never-up" && this.#fruitless >= MAX_FRUITLESS;
    if (isFruitless && now - pair.agreedAt < FRUITLESS_PAUSE_MS) return undefined;
    return reason ?? (pair === this.#leastOfAllDown(now) ? "path-unstable" : undefined);
  }

  /** Ends a pair: its TCP sessions are reset. */
  remove(pair: V6Pair): void {
    this.#byId.delete(pair.id);
    this.limit(pair, undefined);
    this.#places.give(pair.exit);
  }

  /** Sets a new Teredo address and probes it. Returns the address's fault, as a code. */
  setAddress(pair: V6Pair, { address }: PairMessage, now: number): string | undefined {
    const { control, refusals, suite } = this.#parts.options;
    const before = pair.words;
    const words = parseIPv6(address);
    const fault = checkTeredoBytes(bytesOf(words), 0, (ipv4) => !refusals.refusesIPv4(ipv4));
    if (fault !== undefined) return fault;
    if ([...this].some((each) => each !== pair && each.address === address)) return "address-in-use";
    const v4 = pair.setAddress(address);
    if (before === undefined) {
      control.exits.add(pair.exit, pair.exitFor(words, this.weightOf(pair)));
      control.exits.setDraining(pair.exit, pair.isDraining);
    } else {
      this.#changeAddress(pair, before, words, now);
    }
    pair.path = new Path(
      {
        ends: { pair: pair.idBytes, v6: this.#own, v4, keys: pair.keys },
        suite,
        statistics: pair.statistics,
        outbox: this.#parts.outbox,
        changed: (from, to, cause, at) => this.#pathChanged(pair, from, to, cause, at),
      },
      now,
    );
    this.#checkAt = Math.min(this.#checkAt, now + TRAFFIC_CHECK_INTERVAL_MS);
    this.#setCause(pair, "new-address", now);
    pair.path.advance(now);
    return undefined;
  }

  /** The share of new clients of a pair's exit, compared to others: the owner's number, and what the exit has earned of it. */
  weightOf(pair: V6Pair): number {
    const weight = this.#parts.settings().weights[pair.peer] ?? 1;
    return this.#isWanted(pair) ? weight : weight * pair.trust.share;
  }

  /** Stops new clients on a pair's exit. */
  drain(pair: V6Pair): void {
    pair.isDraining = true;
    this.#parts.options.control.exits.setDraining(pair.exit, true);
  }

  /** Cancels the drain that this peer started. */
  cancelDrain(pair: V6Pair): void {
    pair.drainedAt = Number.POSITIVE_INFINITY;
    this.#acceptClients(pair);
  }

  /** The other end has cancelled the drain that it started. */
  cancelDrainByOther(pair: V6Pair): void {
    pair.drainedByOtherAt = Number.POSITIVE_INFINITY;
    this.#acceptClients(pair);
  }

  /** Sets the limit that the coordinator wants for an exit. */
  limit(pair: V6Pair, bandwidth: number | undefined): void {
    if (pair.bandwidth === bandwidth) return;
    pair.bandwidth = bandwidth;
    this.#parts.options.control.limit?.(pair.exit, bandwidth);
  }

  /** The other end is no longer connected to the coordinator. It may be gone, so the path is probed. */
  markAway(pair: V6Pair, now: number): void {
    pair.isAway = true;
    pair.path?.suspect("peer-away", now);
    if (pair.sessionsEndAt !== Number.POSITIVE_INFINITY) pair.sessionsEndAt = now;
  }

  /**
   * Takes a packet to `P:ffff::1` if it is a probe or a relay's error about one. Returns whether it was handled;
   * otherwise it is an ordinary packet.
   */
  receivePacket(bytes: Uint8Array, offset: number, length: number, now: number): boolean {
    if (bytes[offset] >>> 4 !== 6 || bytes[offset + 6] !== ICMPV6) return false;
    if (bytes[offset + IPV6_HEADER] === UNREACHABLE) return this.#takeError(bytes, offset, length, now);
    const fault = checkProbe(bytes, offset, length) ?? this.#takeProbe(bytes, offset, now);
    if (fault === "not-a-probe") return false;
    if (fault !== undefined) this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    return true;
  }

  /** The time of the next call of `advance`, in milliseconds. */
  get deadline(): number {
    let first = this.#checkAt;
    for (const pair of this) {
      first = Math.min(first, pair.path?.deadline ?? pair.agreedAt + AGREEMENT_TIMEOUT_MS, pair.sessionsEndAt);
      first = Math.min(first, pair.reportAt, pair.drainEnd);
    }
    return first;
  }

  advance(now: number): void {
    if (now >= this.#checkAt) this.#checkTraffic(now);
    for (const pair of [...this]) {
      if (pair.path === undefined && now >= pair.agreedAt + AGREEMENT_TIMEOUT_MS) this.#endWithoutAddress(pair);
      pair.path?.advance(now);
      if (now >= pair.sessionsEndAt) this.#endSessions(pair, "path-down");
      if (now >= pair.reportAt) this.report(pair, now);
      if (pair.isOrphan && pair.state === "down" && this.#byId.has(pair.id)) {
        this.#parts.outbox.log({ name: "unpaired", peer: pair.peer, reason: "peer-gone", byUs: false });
        this.remove(pair);
      }
    }
  }

  /** Reports the state of a path. */
  report(pair: V6Pair, now: number): void {
    const message: Message | undefined = pair.report(this.yieldsFor(pair, now) !== undefined, now);
    if (message !== undefined) this.#parts.outbox.sendMessage(message);
  }

  /**
   * Handles a new address of a pair. Sessions continue, unless the exit's public IPv4 address has changed (design §4).
   */
  #changeAddress(pair: V6Pair, before: IPv6Words, words: IPv6Words, now: number): void {
    const { exits } = this.#parts.options.control;
    exits.setTeredo(pair.exit, words);
    exits.setUp(pair.exit, false);
    if (before[3] !== words[3]) this.#endSessions(pair, "other-ipv4-address");
    // From here on, the timeout is that of the new address.
    else if (pair.sessionsEndAt !== Number.POSITIVE_INFINITY)
      pair.sessionsEndAt = Math.max(pair.sessionsEndAt, now + END_SESSIONS_AFTER_MS / 3);
  }

  #pathChanged(pair: V6Pair, from: PathState, to: PathState, cause: string, now: number): void {
    const { exits } = this.#parts.options.control;
    exits.setSuspect(pair.exit, to === "suspect");
    exits.setUp(pair.exit, to === "up" || to === "suspect");
    if (to === "up") this.#fruitless = 0;
    if (to === "up" && from !== "suspect") pair.trust.rise(now);
    else if (to === "down") this.#noteFall(pair, now);
    if (to === "up") {
      pair.sessionsEndAt = Number.POSITIVE_INFINITY;
    } else if (to === "down" && pair.sessionsEndAt === Number.POSITIVE_INFINITY) {
      pair.sessionsEndAt = pair.isAway ? now : now + END_SESSIONS_AFTER_MS;
    }
    this.#setCause(pair, cause, now);
    this.#parts.outbox.log({ name: "path", peer: pair.peer, from, to, cause });
    this.report(pair, now);
  }

  #noteFall({ trust }: V6Pair, now: number): void {
    if (!trust.wasUp && !trust.wasDown) this.#fruitless++;
    trust.fall(now);
  }

  /** Whether a path works that did not before, or still: then those that are down are not down because of this host. */
  #blame(pair: V6Pair): void {
    for (const other of this) {
      if (other === pair || other.answeredAt <= pair.trust.downSince) continue;
      pair.trust.blame();
      return;
    }
  }

  /**
   * When all paths are down, this host may be the cause, or all exits together. One place shows which: the one with the
   * smallest share, once its sessions have ended.
   */
  #leastOfAllDown(now: number): V6Pair | undefined {
    let least: V6Pair | undefined;
    for (const pair of this) {
      const { downSince, share } = pair.trust;
      if (downSince === Number.POSITIVE_INFINITY || now - downSince < END_SESSIONS_AFTER_MS) return undefined;
      if (this.#mayYield(pair) && (least === undefined || share <= least.trust.share)) least = pair;
    }
    return least;
  }

  #mayYield(pair: V6Pair): boolean {
    return !pair.isDraining && !pair.isOrphan && !this.#isWanted(pair);
  }

  #isWanted({ peer }: V6Pair): boolean {
    return this.#parts.settings().wants.includes(peer);
  }

  #dataChanged(pair: V6Pair): void {
    const { data } = this.#parts.options.control.exits;
    const { peer } = pair;
    pair.isDataLost = data.isSuspect(pair.exit);
    const { lost } = data.describe(pair.exit);
    this.#parts.outbox.log(pair.isDataLost ? { name: "data-lost", peer, lost } : { name: "data-back", peer });
  }

  #acceptClients(pair: V6Pair): void {
    if (pair.drainEnd !== Number.POSITIVE_INFINITY) return;
    pair.isDraining = false;
    this.#parts.options.control.exits.setDraining(pair.exit, false);
  }

  #setCause(pair: V6Pair, cause: string, now: number): void {
    pair.cause = cause;
    pair.since = now;
  }

  #endSessions(pair: V6Pair, cause: string): void {
    pair.sessionsEndAt = Number.POSITIVE_INFINITY;
    this.#parts.options.control.end(pair.exit);
    this.#parts.outbox.log({ name: "sessions-ended", peer: pair.peer, cause });
  }

  #endWithoutAddress(pair: V6Pair): void {
    this.#parts.outbox.log({ name: "unpaired", peer: pair.peer, reason: "no-address", byUs: true });
    this.remove(pair);
  }

  /** Checks for unanswered traffic, for errors from a relay, and for what each exit has earned. */
  #checkTraffic(now: number): void {
    const { exits } = this.#parts.options.control;
    let isAnyUp = false;
    for (const pair of this) {
      if (pair.isUp && pair.path !== undefined) {
        isAnyUp = true;
        const received = exits.received(pair.exit);
        if (pair.silence.look(exits.sent(pair.exit), received, now)) pair.path.doubt(now);
        if (exits.data.isSuspect(pair.exit) !== pair.isDataLost) this.#dataChanged(pair);
        if (exits.takeUnreachable(pair.exit)) pair.path.suspect("address-unreachable", now);
        pair.trust.look(received, exits.data.isSuspect(pair.exit), now);
      } else {
        this.#blame(pair);
      }
      if (exits.weight(pair.exit) !== this.weightOf(pair)) exits.setWeight(pair.exit, this.weightOf(pair));
      if ((this.yieldsFor(pair, now) !== undefined) !== pair.hasYielded) this.report(pair, now);
    }
    const wait = isAnyUp ? TRAFFIC_CHECK_INTERVAL_MS : DOWN_CHECK_INTERVAL_MS;
    this.#checkAt = this.#byId.size > 0 ? now + wait : Number.POSITIVE_INFINITY;
  }

  #takeProbe(bytes: Uint8Array, offset: number, now: number): ProbeFault | undefined {
    for (const pair of this) {
      if (pair.path === undefined || !isProbeOf(bytes, offset, pair.idBytes)) continue;
      const fault = pair.path.take(bytes, offset, now);
      if (fault === undefined) pair.answeredAt = now;
      if (fault === undefined && pair.words !== undefined) {
        this.#parts.options.control.validated?.(pair.exit, pair.words, now);
      }
      return fault;
    }
    return "wrong-pair";
  }

  /** Handles a relay's address-unreachable error about one of our probes. Other errors about probes are not handled. */
  #takeError(bytes: Uint8Array, offset: number, length: number, now: number): boolean {
    if (length < INNER + IPV6_HEADER || bytes[offset + IPV6_HEADER + 1] !== ADDRESS_UNREACHABLE) return false;
    const destination = offset + INNER + 24;
    for (const pair of this) {
      const { words } = pair;
      if (words === undefined || !words.every((word, i) => get32(bytes, destination + 4 * i) === word)) continue;
      pair.path?.suspect("address-unreachable", now);
      return true;
    }
    return false;
  }
}
