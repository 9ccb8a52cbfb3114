/** The pairs of this IPv6 peer: their exits in the engine follow what their paths do. */
import {
  checkProbe,
  isProbeOf,
  type Message,
  type Pair as PairMessage,
  type PathState,
  type ProbeFault,
} from "@nat64/peer-protocol";
import { bytesOf, compilePool, type IPv6Words, parseIPv6, SELECTOR } from "@nat64/rfc6052";
import { get32 } from "@nat64/rfc6052/bytes";
import { checkTeredoBytes } from "@nat64/teredo";
import type { Agreement } from "./agreements.ts";
import { ExitPlaces } from "./exit-places.ts";
import {
  AGREEMENT_TIMEOUT,
  END_SESSIONS_AFTER,
  LOOK_INTERVAL,
  type V6PeerOptions,
  type V6PeerSettings,
} from "./options.ts";
import type { PeerEvent, V6PeerOutput } from "./outputs.ts";
import { Pair } from "./pair.ts";
import { Path } from "./path.ts";

/** What the pairs work with. */
export interface PairsParts {
  readonly options: Pick<V6PeerOptions, "control" | "suite" | "refusals" | "prefix">;
  readonly settings: () => V6PeerSettings;
  readonly output: (output: V6PeerOutput) => void;
}

/** ICMPv6 Destination Unreachable, address unreachable, and where the packet inside begins (RFC 4443 §3.1). */
const UNREACHABLE = 1;
const ADDRESS_UNREACHABLE = 3;
const ICMPV6 = 58;
const IPV6_HEADER = 40;
const INNER = IPV6_HEADER + 8;

export class Pairs {
  readonly #parts: PairsParts;
  readonly #places: ExitPlaces;
  readonly #byId = new Map<string, Pair>();
  /** `P:ffff::1`. */
  readonly #own: Uint8Array;
  #lookAt: number = Number.POSITIVE_INFINITY;
  /** Probes that did not count, by fault. */
  readonly faults: Partial<Record<ProbeFault, number>> = {};

  constructor(parts: PairsParts) {
    this.#parts = parts;
    this.#places = new ExitPlaces(parts.options.control);
    this.#own = bytesOf(parseIPv6(compilePool(parts.options.prefix).embed(SELECTOR.self, "0.0.0.1")));
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Pair | undefined {
    return this.#byId.get(id);
  }

  [Symbol.iterator](): Iterator<Pair> {
    return this.#byId.values();
  }

  /** The pair with an IPv4 peer, if there is one. */
  of(peer: string): Pair | undefined {
    for (const pair of this) if (pair.peer === peer) return pair;
    return undefined;
  }

  /** Makes a pair; undefined when there is no place for it. */
  add(agreement: Agreement, now: number): Pair | undefined {
    const exit = this.#places.take();
    if (exit < 1) return undefined;
    const pair = new Pair(agreement, exit, now);
    this.#byId.set(pair.id, pair);
    return pair;
  }

  /** Ends a pair: its TCP sessions are reset. */
  remove(pair: Pair): void {
    this.#byId.delete(pair.id);
    this.limit(pair, undefined);
    this.#places.give(pair.exit);
  }

  /** Puts a Teredo address in place and tries it. Returns what is wrong with the address, in a word. */
  setAddress(pair: Pair, { address }: PairMessage, now: number): string | undefined {
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
      this.#move(pair, before, words, now);
    }
    pair.path = new Path(
      {
        ends: { pair: pair.idBytes, v6: this.#own, v4, keys: pair.keys },
        suite,
        statistics: pair.statistics,
        send: (bytes) => this.#parts.output({ kind: "packet", bytes }),
        changed: (from, to, cause, at) => this.#pathChanged(pair, from, to, cause, at),
      },
      now,
    );
    this.#note(pair, "new-address", now);
    pair.path.advance(now);
    return undefined;
  }

  /** Share of new clients of a pair's exit. */
  weightOf(pair: Pair): number {
    return this.#parts.settings().weights[pair.peer] ?? 1;
  }

  /** No new clients, please. */
  drain(pair: Pair): void {
    pair.isDraining = true;
    this.#parts.options.control.exits.setDraining(pair.exit, true);
  }

  /** The own wish that it ends is taken back. */
  stay(pair: Pair): void {
    pair.drainedAt = Number.POSITIVE_INFINITY;
    this.#takeClients(pair);
  }

  /** The other end has taken back its wish that it ends. */
  keptByOther(pair: Pair): void {
    pair.drainedByOtherAt = Number.POSITIVE_INFINITY;
    this.#takeClients(pair);
  }

  /** What the coordinator wants an exit to keep to. */
  limit(pair: Pair, bandwidth: number | undefined): void {
    if (pair.bandwidth === bandwidth) return;
    pair.bandwidth = bandwidth;
    this.#parts.options.control.limit?.(pair.exit, bandwidth);
  }

  /** The other end is not connected any more. It may be that it is gone: the path is asked. */
  leave(pair: Pair, now: number): void {
    pair.isAway = true;
    pair.path?.suspect("peer-away", now);
    if (pair.endsAt !== Number.POSITIVE_INFINITY) pair.endsAt = now;
  }

  /**
   * Takes a packet to `P:ffff::1` if it is a probe, or a relay's error about one. Returns whether it is dealt with; the
   * rest is an ordinary packet.
   */
  take(bytes: Uint8Array, offset: number, length: number, now: number): boolean {
    if (bytes[offset] >>> 4 !== 6 || bytes[offset + 6] !== ICMPV6) return false;
    if (bytes[offset + IPV6_HEADER] === UNREACHABLE) return this.#takeError(bytes, offset, length, now);
    const fault = checkProbe(bytes, offset, length) ?? this.#takeProbe(bytes, offset, now);
    if (fault === "not-a-probe") return false;
    if (fault !== undefined) this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    return true;
  }

  /** When `advance` has something to do, in milliseconds. */
  get deadline(): number {
    let first = this.#lookAt;
    for (const pair of this) {
      first = Math.min(first, pair.path?.deadline ?? pair.agreedAt + AGREEMENT_TIMEOUT, pair.endsAt);
      first = Math.min(first, pair.reportAt, pair.drainEnd);
    }
    return first;
  }

  advance(now: number): void {
    if (now >= this.#lookAt) this.#look(now);
    for (const pair of [...this]) {
      if (pair.path === undefined && now >= pair.agreedAt + AGREEMENT_TIMEOUT) this.#giveUp(pair);
      pair.path?.advance(now);
      if (now >= pair.endsAt) this.#endSessions(pair, "path-down");
      if (now >= pair.reportAt) this.report(pair, now);
      if (pair.isOrphan && pair.state === "down" && this.#byId.has(pair.id)) {
        this.#event({ name: "unpaired", peer: pair.peer, reason: "peer-gone", byUs: false });
        this.remove(pair);
      }
    }
  }

  /** Says how a path is. */
  report(pair: Pair, now: number): void {
    const message: Message | undefined = pair.report(now);
    if (message !== undefined) this.#parts.output({ kind: "send", message });
  }

  /** Another address of the same pair: sessions go on, unless the exit's public IPv4 address is another (design §4). */
  #move(pair: Pair, before: IPv6Words, words: IPv6Words, now: number): void {
    const { exits } = this.#parts.options.control;
    exits.setTeredo(pair.exit, words);
    exits.setUp(pair.exit, false);
    if (before[3] !== words[3]) this.#endSessions(pair, "other-ipv4-address");
    // From here on it is the new address that gets its time.
    else if (pair.endsAt !== Number.POSITIVE_INFINITY)
      pair.endsAt = Math.max(pair.endsAt, now + END_SESSIONS_AFTER / 3);
  }

  #pathChanged(pair: Pair, from: PathState, to: PathState, cause: string, now: number): void {
    const { exits } = this.#parts.options.control;
    exits.setSuspect(pair.exit, to === "suspect");
    exits.setUp(pair.exit, to === "up" || to === "suspect");
    if (to === "up") {
      pair.endsAt = Number.POSITIVE_INFINITY;
      if (this.#lookAt === Number.POSITIVE_INFINITY) this.#lookAt = now + LOOK_INTERVAL;
    } else if (to === "down" && pair.endsAt === Number.POSITIVE_INFINITY) {
      pair.endsAt = pair.isAway ? now : now + END_SESSIONS_AFTER;
    }
    this.#note(pair, cause, now);
    this.#event({ name: "path", peer: pair.peer, from, to, cause });
    this.report(pair, now);
  }

  #takeClients(pair: Pair): void {
    if (pair.drainEnd !== Number.POSITIVE_INFINITY) return;
    pair.isDraining = false;
    this.#parts.options.control.exits.setDraining(pair.exit, false);
  }

  #note(pair: Pair, cause: string, now: number): void {
    pair.cause = cause;
    pair.since = now;
  }

  #endSessions(pair: Pair, cause: string): void {
    pair.endsAt = Number.POSITIVE_INFINITY;
    this.#parts.options.control.end(pair.exit);
    this.#event({ name: "sessions-ended", peer: pair.peer, cause });
  }

  #giveUp(pair: Pair): void {
    this.#event({ name: "unpaired", peer: pair.peer, reason: "no-address", byUs: true });
    this.remove(pair);
  }

  /** Looks whether traffic stays without an answer, and whether a relay complained. */
  #look(now: number): void {
    const { exits } = this.#parts.options.control;
    let isAnyUp = false;
    for (const pair of this) {
      if (!pair.isUp || pair.path === undefined) continue;
      isAnyUp = true;
      if (pair.silence.look(exits.sent(pair.exit), exits.received(pair.exit), now)) pair.path.doubt(now);
      if (exits.takeUnreachable(pair.exit)) pair.path.suspect("address-unreachable", now);
    }
    this.#lookAt = isAnyUp ? now + LOOK_INTERVAL : Number.POSITIVE_INFINITY;
  }

  #takeProbe(bytes: Uint8Array, offset: number, now: number): ProbeFault | undefined {
    for (const pair of this) {
      if (pair.path === undefined || !isProbeOf(bytes, offset, pair.idBytes)) continue;
      const fault = pair.path.take(bytes, offset, now);
      if (fault === undefined && pair.words !== undefined) {
        this.#parts.options.control.validated?.(pair.exit, pair.words, now);
      }
      return fault;
    }
    return "wrong-pair";
  }

  /** A relay's address unreachable about a probe of ours: taken; other errors about them are nobody's. */
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

  #event(event: PeerEvent["event"]): void {
    this.#parts.output({ kind: "event", event });
  }
}
