/** Packets that the engine sends itself: ICMP errors about drops, and replies to pings of its own addresses. */
import type { Refusals } from "@nat64/rfc6052";
import type { CommonSettings } from "../../config/compile-config.ts";
import type { EngineCounters } from "../../counters.ts";
import { Reason } from "../../drop-reasons.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";
import { SourceLimiter } from "../../limits/source-limiter.ts";
import type { IpHeader, Packet } from "../../packet/packet.ts";
import { isTeredoClient } from "../../packet/teredo-address.ts";
import { answerEcho } from "../../translate/answer-echo.ts";
import { mayBeAnswered, writeIcmpv4Error, writeIcmpv6Error } from "../../translate/own-errors.ts";
import { nextIdentification, type TranslateSettings } from "../../translate/settings.ts";
import type { Emitter } from "../emit.ts";
import { icmpv4Answer, icmpv6Answer, NO_ERROR } from "./drop-answers.ts";

const TOO_BIG = Reason["packet-too-big"];
const SOURCE_ROUTE = Reason["source-route"];

/** Makes the engine's own packets. */
export class OwnPackets {
  readonly #ipv6: Int32Array;
  readonly #ipv4: number;
  readonly #translate: TranslateSettings;
  readonly #refusals: Refusals;
  readonly #emitter: Emitter;
  readonly #counters: EngineCounters;
  readonly #limiter: SourceLimiter;
  /** Packet Too Big has its own limit: without it connections hang, whatever other errors are sent. */
  readonly #tooBigLimiter: SourceLimiter;
  readonly #isExit: boolean;
  readonly #source = new Int32Array(4);
  readonly #destination = new Int32Array(4);

  constructor(
    settings: CommonSettings,
    translate: TranslateSettings,
    refusals: Refusals,
    emitter: Emitter,
    counters: EngineCounters,
    hash: KeyedHash,
    isExit = false,
  ) {
    this.#isExit = isExit;
    this.#refusals = refusals;
    this.#ipv6 = Int32Array.from(settings.ownIPv6);
    this.#ipv4 = settings.ownIPv4;
    this.#translate = translate;
    this.#emitter = emitter;
    this.#counters = counters;
    // For an IPv4 peer all clients of an IPv6 peer are one source.
    const share = isExit ? 1 : undefined;
    this.#limiter = new SourceLimiter(settings.icmpErrorsPerSecond, settings.icmpErrorBurst, hash, share);
    this.#tooBigLimiter = new SourceLimiter(settings.icmpErrorsPerSecond, settings.icmpErrorBurst, hash, share);
  }

  /** Whether the packet is addressed to the translator itself. */
  isDestination(packet: Packet): boolean {
    const { family, tuple } = packet.outer;
    const destination = tuple.destination;
    const own = this.#ipv6;
    if (family === 4) return destination[0] === this.#ipv4;
    return (
      destination[3] === own[3] && destination[2] === own[2] && destination[1] === own[1] && destination[0] === own[0]
    );
  }

  /** Answers an Echo Request to one of our addresses. Returns false for a source that gets no reply. */
  echo(bytes: Uint8Array, packet: Packet, now: number): boolean {
    if (!mayBeAnswered(packet)) return false;
    if (this.#isRefused(packet.outer) && !this.#isTeredoPing(packet.outer, now)) return false;
    answerEcho(bytes, packet, nextIdentification(this.#translate, packet.outer.tuple.source[0]));
    this.#emitter.plain(packet.outOffset, packet.outLength, packet.outer.family);
    return true;
  }

  /** Invalid sources, including our own prefixes, get no errors (RFC 6146 §3.5). */
  #isRefused(header: IpHeader): boolean {
    const source = header.tuple.source;
    if (header.family === 4) return this.#refusals.refusesIPv4(source[0]);
    return this.#refusals.refusesClientSource(source[0], source[1], source[2], source[3]);
  }

  /**
   * Teredo clients cannot use the NAT64 (RFC 6324), but they may ping it: this is how they find the relay for an address
   * (RFC 4380 §5.2.9). The source may be forged and makes a relay send a bubble, so the limit on errors applies.
   */
  #isTeredoPing({ family, tuple }: IpHeader, now: number): boolean {
    if (family !== 6 || this.#isExit || !isTeredoClient(tuple.source, this.#refusals)) return false;
    return this.#limiter.allow(family, tuple.source, now);
  }

  /** An IPv4 peer sends from the address of its pair: from `T` to the address of the IPv6 peer that embeds our IPv4 address (design §4). */
  #addressAsExit(offender: IpHeader): void {
    const { source, destination } = offender.tuple;
    for (let word = 0; word < 4; word++) {
      this.#source[word] = destination[word];
      this.#destination[word] = source[word];
    }
    this.#destination[3] = this.#ipv4;
  }

  /**
   * Sends the ICMP error for a reason, if there is one, if it is allowed, and if the rate limit permits. The packet must be
   * unchanged.
   *
   * @param mtu for `packet-too-big`: the MTU to report
   */
  error(bytes: Uint8Array, packet: Packet, reason: Reason, mtu: number, now: number): void {
    const outer = packet.outer;
    const answer = outer.family === 6 ? icmpv6Answer[reason] : icmpv4Answer[reason];
    if (answer === NO_ERROR || !mayBeAnswered(packet) || this.#isRefused(outer)) return;
    const limiter = reason === TOO_BIG ? this.#tooBigLimiter : this.#limiter;
    if (!limiter.allow(outer.family, outer.tuple.source, now)) {
      this.#counters.icmpErrorsSuppressed++;
      return;
    }
    const at = this.#emitter.room;
    const type = answer >> 8;
    const code = answer & 0xff;
    let length = 0;
    if (outer.family === 6) {
      const rest = reason === SOURCE_ROUTE ? packet.faultPointer : mtu;
      if (this.#isExit) this.#addressAsExit(outer);
      const source = this.#isExit ? this.#source : this.#ipv6;
      const destination = this.#isExit ? this.#destination : outer.tuple.source;
      length = writeIcmpv6Error(bytes, at, outer, source, destination, type, code, rest);
    } else {
      const identification = nextIdentification(this.#translate, outer.tuple.source[0]);
      length = writeIcmpv4Error(bytes, at, outer, this.#ipv4, type, code, mtu, identification);
    }
    this.#emitter.take(length);
    this.#emitter.plain(at, length, outer.family);
    this.#counters.icmpErrorsSent++;
  }
}
