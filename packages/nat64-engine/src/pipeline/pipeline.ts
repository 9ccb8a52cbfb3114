/**
 * The path of a packet through the engine: classify, look up, rewrite, emit. This file calls these steps in order and does
 * the rest: our own addresses, hop limits, sizes, drops.
 */

import type { BanLists, Bans } from "../bans/bans.ts";
import { createBatch, type PacketBatch, VirtioFlag } from "../batch.ts";
import type { CommonSettings } from "../config/compile-config.ts";
import type { EngineCounters } from "../counters.ts";
import { Reason } from "../drop-reasons.ts";
import type { Drains } from "../exits/drains.ts";
import type { Pairs } from "../exits/pairs.ts";
import type { PeerExits } from "../exits/peer-exits.ts";
import type { Nat64Engine } from "../nat64.ts";
import { classify } from "../packet/classify.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { cannotBeSource6 } from "../packet/ipv6-address.ts";
import { Packet, Protocol } from "../packet/packet.ts";
import { TCP_HEADER } from "../packet/tcp.ts";
import { TEREDO_WORD } from "../packet/teredo-address.ts";
import type { SessionSlice } from "../session-record.ts";
import { isEchoRequest } from "../translate/answer-echo.ts";
import { clampMss } from "../translate/clamp-mss.ts";
import { completeChecksum } from "../translate/complete-checksum.ts";
import { cutFragment, cuttablePayload, fragmentPayload } from "../translate/cut.ts";
import { fourToSix } from "../translate/four-to-six.ts";
import type { TranslateSettings } from "../translate/settings.ts";
import { sixToFour } from "../translate/six-to-four.ts";
import { sixToSix } from "../translate/six-to-six.ts";
import type { CarriedState } from "./carried-state.ts";
import type { Emitter } from "./emit.ts";
import type { LookUp } from "./look-up/look-up.ts";
import type { OwnPackets } from "./own-packets/own-packets.ts";
import type { UnknownConnections } from "./own-packets/unknown-connections.ts";
import { CUT, FITS, sizeToIPv4, sizeToIPv6, sizeToPath } from "./sizes.ts";
import type { BanEnder } from "./upkeep/ban-ender.ts";
import type { ExitEnder } from "./upkeep/exit-ender.ts";
import type { Upkeep } from "./upkeep/upkeep.ts";

const OK = Reason.none;
const HOP_LIMIT = Reason["hop-limit-exceeded"];
const BANNED = Reason.banned;
const BUDGET_USED = Reason["budget-used"];
const SHARE_USED = Reason["share-used"];
const NO_BINDING = Reason["no-binding"];
const NO_SESSION = Reason["no-session"];
const OWN_ADDRESS = Reason["own-address"];
const REFUSED_SOURCE = Reason["refused-source"];
const TOO_BIG = Reason["packet-too-big"];

/** The parts of a pipeline. */
export interface PipelineParts {
  readonly settings: CommonSettings;
  readonly translate: TranslateSettings;
  readonly lookUp: LookUp;
  readonly upkeep: Upkeep;
  readonly own: OwnPackets;
  readonly emitter: Emitter;
  readonly counters: EngineCounters;
  readonly bans: Bans;
  /** Ends sessions of banned addresses; undefined for modes without sessions. */
  readonly banEnder?: BanEnder;
  readonly carriedState?: CarriedState;
  readonly exits?: PeerExits;
  readonly drains?: Drains;
  readonly ender?: ExitEnder;
  readonly pairs?: Pairs;
  /** Resets connections of clients that are not in the table; undefined if they get no answer. */
  readonly unknownConnections?: UnknownConnections;
  /** Whether our own IPv4 address is also one of the pool: then it is ours only for packets without a binding. */
  readonly isOwnIPv4Shared?: boolean;
}

/** The engine behind both interfaces. */
export class Nat64Pipeline implements Nat64Engine {
  readonly counters: EngineCounters;
  /** The state that an engine which replaces this one continues with; undefined for modes without sessions. */
  readonly carriedState: CarriedState | undefined;
  /**
   * Gets packets to our own addresses, pings included: the machine of a path takes its probes here. Returns whether it took
   * the packet. The bytes are valid only during the call.
   */
  deliverLocally: ((bytes: Uint8Array, offset: number, length: number, now: number) => boolean) | undefined;
  /**
   * While set, gets every packet as it came, before any other step: proofs of a prefix are recognized here. Returns whether it
   * took the packet. The bytes are valid only during the call.
   */
  interceptPacket: ((bytes: Uint8Array, offset: number, length: number, now: number) => boolean) | undefined;
  /** The peer exits of a stateful engine, if it has any. */
  readonly exits: PeerExits | undefined;
  /** Which exits of a stateful engine are draining. */
  readonly drains: Drains | undefined;
  /** The banned addresses. An engine that replaces this one keeps them. */
  readonly bans: Bans;
  /** The pairs of an IPv4 peer's engine. */
  readonly pairs: Pairs | undefined;
  /** Whether all packets of clients are refused because the monthly bandwidth is used up. */
  refusesClients = false;
  /** Why the last packet was dropped; 0 when it was not. */
  lastDrop: Reason = OK;
  readonly #settings: CommonSettings;
  readonly #translate: TranslateSettings;
  readonly #lookUp: LookUp;
  readonly #upkeep: Upkeep;
  readonly #own: OwnPackets;
  readonly #emitter: Emitter;
  readonly #ender: ExitEnder | undefined;
  readonly #banEnder: BanEnder | undefined;
  readonly #unknownConnections: UnknownConnections | undefined;
  readonly #isOwnIPv4Shared: boolean;
  readonly #packet = new Packet();
  /** One slot for held packets that are released. */
  #released: PacketBatch = createBatch(new Uint8Array(0), 1);

  /** Use `createEngine`. */
  constructor(parts: PipelineParts) {
    this.counters = parts.counters;
    this.carriedState = parts.carriedState;
    this.exits = parts.exits;
    this.drains = parts.drains;
    this.pairs = parts.pairs;
    this.bans = parts.bans;
    this.#banEnder = parts.banEnder;
    this.#ender = parts.ender;
    this.#unknownConnections = parts.unknownConnections;
    this.#isOwnIPv4Shared = parts.isOwnIPv4Shared === true;
    this.#settings = parts.settings;
    this.#translate = parts.translate;
    this.#lookUp = parts.lookUp;
    this.#upkeep = parts.upkeep;
    this.#own = parts.own;
    this.#emitter = parts.emitter;
  }

  process(input: PacketBatch, from: number, output: PacketBatch, now: number): number {
    const last = input.count - 1;
    this.#emitter.begin(output, last < 0 ? 0 : input.offset[last] + input.length[last]);
    let slot = from;
    while (slot <= last && this.#emitter.canHoldOneMore()) {
      this.#packetIn(input, slot, now);
      slot++;
      this.#release(output, now);
    }
    this.#upkeep.count(this.counters);
    return slot;
  }

  advance(output: PacketBatch, now: number): number {
    this.#emitter.begin(output, 0);
    this.#release(output, now);
    const next = this.#emitter.canHoldOneMore() ? this.#upkeep.advance(output.bytes, now) : 0;
    this.#upkeep.count(this.counters);
    return next;
  }

  /** Ends all sessions of an exit, in slices of `advance`; {@link isEndingExit} tells when it is complete. */
  endExit(exit: number): void {
    this.#ender?.end(exit);
  }

  isEndingExit(exit: number): boolean {
    return this.#ender?.isEnding(exit) ?? false;
  }

  /**
   * Replaces all bans, at once: packets from and to banned addresses are refused from now on. Their sessions end in slices of
   * `advance`, which is due now; {@link isBanning} tells when it is complete. Throws a `ConfigError`, and then changes nothing.
   */
  ban(bans: BanLists): void {
    this.bans.set(bans);
  }

  /** Whether sessions of banned addresses are still to be ended. */
  get isBanning(): boolean {
    return this.#banEnder?.isBusy ?? false;
  }

  /** Sessions that leave through an exit now; 0 is the local one. */
  sessionsOf(exit: number): number {
    return this.#ender?.sessionsOf(exit) ?? 0;
  }

  /** The open sessions among them: all but closed TCP sessions, which are kept for a while. */
  openSessionsOf(exit: number): number {
    return this.#ender?.openSessionsOf(exit) ?? 0;
  }

  /** Whether sessions still migrate from the previous configuration, in slices of `advance`. */
  get isMigrating(): boolean {
    return this.carriedState?.state.isMigrating ?? false;
  }

  listSessions(from: number, limit: number, now: number): SessionSlice {
    return this.#upkeep.listSessions(from, limit, now);
  }

  /** Releases held packets whose time has come. Those that do not fit now are released next time. */
  #release(output: PacketBatch, now: number): void {
    const emitter = this.#emitter;
    while (emitter.canHoldOneMore()) {
      const at = emitter.room;
      const length = this.#upkeep.release(output.bytes, at);
      if (length === 0) return;
      emitter.take(length);
      if (this.#released.bytes !== output.bytes) this.#released = createBatch(output.bytes, 1);
      this.#released.offset[0] = at;
      this.#released.length[0] = length;
      const dropBefore = this.lastDrop;
      this.#packetIn(this.#released, 0, now);
      this.lastDrop = dropBefore;
    }
  }

  #packetIn(batch: PacketBatch, slot: number, now: number): void {
    const bytes = batch.bytes;
    const packet = this.#packet;
    const length = batch.length[slot];
    packet.partialChecksum = (batch.flags[slot] & VirtioFlag.needsChecksum) !== 0;
    packet.wasHeld = batch === this.#released;
    packet.segmentSize = batch.gsoType[slot] === 0 ? 0 : batch.gsoSize[slot];
    packet.pathMtu = 0;
    this.lastDrop = OK;
    if (this.interceptPacket?.(bytes, batch.offset[slot], length, now) === true) return;
    const reason = classify(bytes, batch.offset[slot], length, packet);
    const outer = packet.outer;
    this.#countIn(outer.family, length);
    if (reason !== OK) this.#drop(bytes, reason, 0, now);
    else if (this.#own.isDestination(packet) && !(this.#isOwnIPv4Shared && outer.family === 4))
      this.#toOurselves(bytes, now);
    else if (outer.hopLimit <= 1) this.#drop(bytes, HOP_LIMIT, 0, now);
    else if (outer.family === 6) this.#fromIPv6(batch, slot, now);
    else this.#fromIPv4(batch, slot, now);
  }

  #fromIPv6(batch: PacketBatch, slot: number, now: number): void {
    const bytes = batch.bytes;
    const packet = this.#packet;
    const refused = this.#refusal(packet.outer.tuple.source);
    if (refused !== OK) {
      this.#drop(bytes, refused, 0, now);
      return;
    }
    // Errors too: their source is mapped to an address of the pool, and the sender would seem to be real (RFC 7915 §5.1).
    if (cannotBeSource6(packet.outer.tuple.source)) {
      this.#drop(bytes, REFUSED_SOURCE, 0, now);
      return;
    }
    const family = this.#lookUp.fromIPv6(bytes, packet, now);
    if (family <= 0) {
      const isOfClient = packet.outer.tuple.source[0] !== TEREDO_WORD;
      if (family === -BANNED && isOfClient) this.#dropBanned(bytes, now);
      else if (family < 0) this.#drop(bytes, -family, 0, now);
      if (family === -NO_SESSION && isOfClient) this.#unknownConnections?.answer(bytes, packet, now);
      return;
    }
    const mtu = this.#sizeFromIPv6(bytes, family);
    if (mtu > 0) {
      this.#drop(bytes, TOO_BIG, mtu, now);
      return;
    }
    const reason = family === 4 ? sixToFour(bytes, packet, this.#translate) : sixToSix(bytes, packet, this.#translate);
    if (reason !== OK) this.#drop(bytes, reason, 0, now);
    else this.#emitter.translated(packet, batch, slot, family);
  }

  /** Why all packets of a client are refused; 0 if they are not. */
  #refusal(source: Int32Array): Reason {
    if (source[0] === TEREDO_WORD) return OK;
    if (this.refusesClients) return BUDGET_USED;
    return this.drains?.shares?.isUsed(source[0], source[1]) === true ? SHARE_USED : OK;
  }

  /** The result of {@link sizeToIPv4} or {@link sizeToPath}. The MSS of a SYN is clamped to the path. */
  #sizeFromIPv6(bytes: Uint8Array, family: number): number {
    const packet = this.#packet;
    if (family === 4) return sizeToIPv4(bytes, packet, this.#settings);
    if (packet.pathMtu === 0) return FITS;
    clampMss(bytes, packet.outer, packet.pathMtu - IPV6_HEADER - TCP_HEADER, packet.partialChecksum);
    return sizeToPath(bytes, packet);
  }

  #fromIPv4(batch: PacketBatch, slot: number, now: number): void {
    const bytes = batch.bytes;
    const packet = this.#packet;
    const family = this.#lookUp.fromIPv4(bytes, packet, now);
    if (family <= 0) {
      const isOurs = this.#isOwnIPv4Shared && family === -NO_BINDING && this.#own.isDestination(packet);
      if (isOurs) this.#toOurselves(bytes, now);
      else if (family < 0) this.#drop(bytes, -family, 0, now);
      return;
    }
    const size = sizeToIPv6(bytes, packet, this.#settings);
    if (size > 0) {
      this.#drop(bytes, TOO_BIG, size, now);
      return;
    }
    const reason = fourToSix(bytes, packet, this.#translate);
    if (reason !== OK) this.#drop(bytes, reason, 0, now);
    else if (size === CUT) this.#cut(bytes);
    else this.#emitter.translated(packet, batch, slot, 6);
  }

  /** Fragments a translated packet that is too long for IPv6 (RFC 7915 §4.1). */
  #cut(bytes: Uint8Array): void {
    const emitter = this.#emitter;
    const packet = this.#packet;
    const { outer, outOffset, outLength } = packet;
    if (packet.partialChecksum) {
      const protocol = outer.protocol === Protocol.icmp ? Protocol.icmpv6 : outer.protocol;
      completeChecksum(bytes, outer.transport, outOffset + outLength, protocol);
    }
    const mtu = this.#settings.lowestIPv6;
    const step = fragmentPayload(mtu);
    const payload = cuttablePayload(bytes, outOffset, outLength);
    for (let position = 0; position < payload; position += step) {
      const at = emitter.room;
      const length = cutFragment(bytes, outOffset, outLength, position, mtu, outer.identification, at);
      emitter.take(length);
      emitter.plain(at, length, 6);
    }
  }

  #toOurselves(bytes: Uint8Array, now: number): void {
    const packet = this.#packet;
    if (this.deliverLocally?.(bytes, packet.outer.offset, packet.outer.length, now) === true) return;
    if (!isEchoRequest(packet)) this.#drop(bytes, OWN_ADDRESS, 0, now);
    else if (!this.#own.echo(bytes, packet, now)) this.#drop(bytes, REFUSED_SOURCE, 0, now);
  }

  /**
   * A segment of an open connection gets a reset with the sequence number that it asks for: its client ignores ICMP errors, and the
   * reset of the session may have come with an older number. Other packets get an ICMP error.
   */
  #dropBanned(bytes: Uint8Array, now: number): void {
    if (this.#unknownConnections?.answer(bytes, this.#packet, now) !== true) {
      this.#drop(bytes, BANNED, 0, now);
      return;
    }
    this.lastDrop = BANNED;
    this.counters.drops[BANNED]++;
  }

  #drop(bytes: Uint8Array, reason: Reason, mtu: number, now: number): void {
    this.lastDrop = reason;
    this.counters.drops[reason]++;
    this.#own.error(bytes, this.#packet, reason, mtu, now);
  }

  #countIn(family: number, length: number): void {
    const counters = this.counters;
    if (family === 4) {
      counters.packetsFromIPv4++;
      counters.bytesFromIPv4 += length;
    } else {
      counters.packetsFromIPv6++;
      counters.bytesFromIPv6 += length;
    }
  }
}
