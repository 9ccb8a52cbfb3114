import { Reason } from "../drop-reasons.ts";
import { MAX_PEER_EXITS } from "../exits/peer-exits.ts";
import { KeyedHash } from "../hash/keyed-hash.ts";
import { RandomWords } from "../hash/random-words.ts";
import { ClientTable } from "../limits/client-table.ts";
import type { IpHeader } from "../packet/packet.ts";
import { AUTOMATIC } from "./admission/exit-and-port-choice.ts";
import { NewSessions } from "./admission/new-sessions.ts";
import type { RetiredBindings } from "./admission/retired-bindings.ts";
import { BindingTable, bindingKey, poolKey } from "./bib/binding-table.ts";
import { makeTables, needsSameTables } from "./change/make-tables.ts";
import { restoreState } from "./change/restore.ts";
import { StaticChange } from "./change/static-change.ts";
import { TableMigration } from "./change/table-migration.ts";
import { RemoteAddresses } from "./filtering/remote-addresses.ts";
import { type HeldPackets, PACKET_HELD } from "./held/held-packets.ts";
import { type Layout, planLayout, type Section } from "./memory/layout.ts";
import { MemoryHeader, StateMemoryError } from "./memory/memory-header.ts";
import { StateClock } from "./memory/state-clock.ts";
import { BlockEventKind, type BlockLog } from "./ports/block-log.ts";
import { PortAllocator } from "./ports/port-allocator.ts";
import { ProtocolIndex, protocolIndex } from "./protocol-index.ts";
import { LiveSessions } from "./sessions/live-sessions.ts";
import { SessionExpiry } from "./sessions/session-expiry.ts";
import { SessionLifecycle } from "./sessions/session-lifecycle.ts";
import { SessionReclaimer } from "./sessions/session-reclaimer.ts";
import { SESSION_EXPIRY, SESSION_WORDS, SessionTable } from "./sessions/session-table.ts";
import { isClosed, isUnanswered, TcpEvent, tcpKind } from "./sessions/tcp-state.ts";
import type { StateOptions } from "./state-options.ts";
import { LifetimeTable } from "./timers/session-lifetimes.ts";
import { TimerWheel } from "./timers/timer-wheel.ts";

export { AUTOMATIC } from "./admission/exit-and-port-choice.ts";
export type { Filtering, StateOptions } from "./state-options.ts";

/** All records of the session table, for a migration that has to end at once. */
const ALL_RECORDS = 2 ** 24;

/** The size of a state in bytes. */
export function stateBytes(options: Pick<StateOptions, "sessions" | "clients" | "filtering" | "pool">): number {
  return planLayout({ ...options, addressDependent: options.filtering === "address-dependent" }).bytes;
}

/**
 * The state of a NAT64: BIB, sessions, ports, clients, timers (RFC 6146 §3). Everything is in one buffer that is made at the
 * start; nothing is allocated for a packet or a session.
 *
 * It is the only door to the tables: it makes them, connects them, and has one method for each thing that can happen to a packet.
 * That takes more lines than other files have.
 *
 * A session is identified by its index; negative results are `-reason` or {@link PACKET_HELD}. An index is valid until the next
 * call of `expire`, `outbound` or `inbound`.
 */
export class Nat64State {
  readonly bindings: BindingTable;
  readonly sessions: SessionTable;
  /** The tables that depend on the configuration; {@link reconfigure} puts others here. */
  clients: ClientTable;
  ports: PortAllocator;
  /** The memory. A new state in the same buffer continues its sessions. */
  readonly buffer: ArrayBuffer;
  /** What happens when sessions' time is over; {@link expire} drives it. */
  readonly expiry: SessionExpiry;
  readonly #live: LiveSessions;
  readonly #clock: StateClock;
  readonly #lifetimes: LifetimeTable = new LifetimeTable();
  readonly #life: SessionLifecycle;
  readonly #reclaimer: SessionReclaimer;
  readonly #hash: KeyedHash;
  readonly #random: RandomWords;
  #options: StateOptions;
  readonly #making: NewSessions;
  /** The table of Address-Dependent Filtering; null under other policies. */
  remotes: RemoteAddresses | null;
  /** While sessions migrate to tables that {@link reconfigure} made. */
  #migration: TableMigration | null = null;
  #blockLog: BlockLog | null = null;
  readonly #client = new Int32Array(4);

  constructor(options: StateOptions) {
    const { sessions, clients, filtering, lifetimes, pool, seed, now } = options;
    const layout: Layout = planLayout({ sessions, clients, pool, addressDependent: filtering === "address-dependent" });
    const buffer = options.buffer ?? new ArrayBuffer(layout.bytes);
    const view = (section: Section): Int32Array => new Int32Array(buffer, section.start * 4, section.words);
    this.buffer = buffer;
    const header = new MemoryHeader(buffer, layout, sessions);
    const used = header.used;
    if (!used) header.base = header.lastNow = now;
    this.#clock = new StateClock(header, now);
    const time = this.#clock.time(now);

    const hash = new KeyedHash(seed[0], seed[1]);
    this.#hash = hash;
    this.#random = new RandomWords(seed[2], seed[3]);
    this.#options = options;
    this.sessions = new SessionTable(view(layout.sessions), view(layout.sessionIndex), sessions, hash);
    this.bindings = new BindingTable(
      view(layout.bindings),
      view(layout.clientIndexOfBindings),
      view(layout.poolIndexOfBindings),
      sessions,
      hash,
    );
    this.clients = new ClientTable(view(layout.clients), view(layout.clientIndex), clients, hash, options.limits);
    if (used) view(layout.ports).fill(0);
    this.ports = new PortAllocator(view(layout.ports), pool, this.clients, hash, this.#random);
    const remotes =
      filtering === "address-dependent"
        ? new RemoteAddresses(view(layout.remotes), view(layout.remoteIndex), sessions, hash)
        : null;
    this.#lifetimes.set(lifetimes);
    const parts = {
      sessions: this.sessions,
      bindings: this.bindings,
      wheel: new TimerWheel(view(layout.timers), this.sessions.records, SESSION_WORDS, SESSION_EXPIRY, time),
      lifetimes: this.#lifetimes,
      links: view(layout.crowds),
    };
    const { clients: clientTable, ports } = this;
    const { held } = options;
    this.#life = new SessionLifecycle({
      ...parts,
      clients: clientTable,
      ports,
      remotes,
      held,
      exits: MAX_PEER_EXITS + 1,
    });
    this.#reclaimer = new SessionReclaimer({ ...parts, life: this.#life });
    this.expiry = new SessionExpiry({ ...parts, life: this.#life });
    this.#live = new LiveSessions(this.bindings, this.sessions, this.expiry);
    this.#making = new NewSessions(this.sessions, this.bindings, this.#life, this.#reclaimer);
    this.#making.configure(options, { clients: this.clients, ports: this.ports, remotes });
    this.remotes = remotes;
    restoreState(this, used, options.staticEntries, time);
    this.#life.adoptAll(time);
    header.stamp();
  }

  /**
   * Continues under other options. Where they ask for other tables of clients, ports or addresses, {@link migrate} moves
   * the sessions there while packets flow. Throws with nothing changed what the constructor throws.
   *
   * @param options with the same number of sessions; `seed` and `buffer` do not count
   */
  reconfigure(options: StateOptions): void {
    if (options.sessions !== this.sessions.capacity) {
      throw new StateMemoryError("wrong-geometry", "The number of sessions cannot change while there are sessions.");
    }
    // Two in a row: the first migration ends at once.
    const endLost = (session: number): boolean => {
      this.end(session);
      return true;
    };
    while (this.#migration !== null) this.migrate(options.now, ALL_RECORDS, endLost);
    const before = this.#options;
    const { lifetimes } = options;
    const hasNewTables = !needsSameTables(before, options);
    const getsShorter = lifetimes.udpMs < before.lifetimes.udpMs || lifetimes.icmpMs < before.lifetimes.icmpMs;
    const { bindings, sessions } = this;
    const tables = hasNewTables ? makeTables(options, this.#hash, this.#random) : this;
    const { clients, ports } = tables;
    const change = new StaticChange({ bindings, clients, ports }, before.staticEntries, options.staticEntries);
    if (hasNewTables) change.prepare(this.#clock.time(options.now));
    this.#clock.follow(options.now);
    if (options.held !== before.held) this.#useHeld(options.held);
    if (hasNewTables) {
      this.#blockLog?.note(BlockEventKind.reset, 0, 0, 0, 0, 0, 0);
      this.ports.log = null;
      ports.log = this.#blockLog;
      this.clients = clients;
      this.ports = ports;
      this.remotes = tables.remotes;
      this.#life.useTables(tables);
      change.apply(this.#clock.time(options.now));
    }
    this.clients.caps.set(options.limits);
    this.#lifetimes.set(lifetimes);
    this.#options = options;
    const needsRound = hasNewTables || getsShorter;
    const hasStatic = options.staticEntries.length > 0;
    if (needsRound) {
      this.#migration = new TableMigration({
        bindings,
        sessions,
        clients,
        ports,
        life: this.#life,
        hasNewTables,
        hasStatic,
      });
    }
    this.#making.configure(options, this, this.#migration);
  }

  /** Logs from now on which client gets which block of ports. */
  recordBlocks(log: BlockLog): void {
    this.#blockLog = log;
    this.ports.log = log;
  }

  /** Whether sessions are migrating to other tables. */
  get isMigrating(): boolean {
    return this.#migration !== null;
  }

  /**
   * Continues the migration that {@link reconfigure} began.
   *
   * @param budget records of the session table that may be looked at
   * @param endLost gets each session that has no place under today's options, and has to {@link end} it; returns whether it
   *   can end another one in this slice
   */
  migrate(now: number, budget: number, endLost: (session: number) => boolean): void {
    if (this.#migration?.advance(this.#clock.time(now), budget, endLost) !== true) return;
    this.#migration = null;
    this.#making.configure(this.#options, this);
  }

  /** BIB entries whose port went to another client, and whose sessions are to be ended. */
  get retired(): RetiredBindings {
    return this.#making.retired;
  }

  /** Number of sessions by exit; 0 is the local exit. */
  get sessionsOfExit(): Int32Array {
    return this.#life.sessionsOfExit;
  }

  /** See `SessionLifecycle.openSessionsOf`. */
  openSessionsOf(exit: number): number {
    return this.#life.openSessionsOf(exit);
  }

  /** Sessions made since the start. */
  get sessionsCreated(): number {
    return this.#life.created;
  }

  /** Sessions that expired. */
  get sessionsExpired(): number {
    return this.expiry.expired;
  }

  /** Closed sessions that ended before their time because their record or port was needed. */
  get sessionsReclaimed(): number {
    return this.#reclaimer.reclaimed;
  }

  /** Open sessions that gave way to others, by `SessionClass`. */
  get sessionsEvicted(): Float64Array {
    return this.#reclaimer.evicted;
  }

  /** Ports of a full exit that went from a client with more than its share to another. */
  get portsGiven(): number {
    return this.#making.fairPorts.given;
  }

  /** Sessions by `SessionClass`. */
  countsByClass(): readonly number[] {
    return this.#life.countsByClass();
  }

  /** Sessions that had no place under the options of a later {@link reconfigure}. */
  get sessionsLost(): number {
    return this.#life.lost;
  }

  /**
   * Finds the session of a packet from the IPv6 side, or makes one if the packet may do that. Updates timers and TCP states.
   *
   * @param header an IPv6 packet of TCP, UDP or an ICMPv6 query; a later fragment has the ports of the first one
   * @param remote the IPv4 address that its destination embeds
   * @param via the number of the prefix that the client used; the session keeps it
   * @param exit the peer exit that the client pinned, or {@link AUTOMATIC}
   * @param segments packets that a super-packet stands for, for the client's packet cap
   * @param now milliseconds
   * @returns the session, or −reason. {@link SessionTable.transient} for a TCP packet of a binding without a session
   */
  outbound(header: IpHeader, remote: number, via: number, exit: number, segments: number, now: number): number {
    const protocol = protocolIndex(header.protocol);
    if (protocol < 0) return -Reason["unsupported-protocol"];
    const time = this.#time(now);
    const source = header.tuple.source;
    const remotePort = protocol === ProtocolIndex.icmp ? 0 : header.tuple.destinationPort;
    const key = bindingKey(protocol, header.tuple.sourcePort, exit);
    const binding = this.bindings.findByClient(source[0], source[1], source[2], source[3], key);
    if (binding < 0 || !this.#isUsable(binding, time)) {
      return this.#making.withBinding(header, protocol, key, remote, remotePort, via, segments, time);
    }
    const session = this.#live.find(binding, remote, remotePort, time);
    // The binding was over with its last session.
    if (session < 0 && !this.bindings.live(binding)) {
      return this.#making.withBinding(header, protocol, key, remote, remotePort, via, segments, time);
    }
    if (session >= 0 && this.#shouldMove(session, protocol, header.tcpFlags)) {
      this.#life.end(session);
      return this.#making.withBinding(header, protocol, key, remote, remotePort, via, segments, time);
    }
    const refused = this.clients.caps.admitPackets(this.bindings.client(binding), segments, time);
    if (refused !== 0) return -refused;
    if (session < 0) return this.#making.outbound(header, protocol, binding, remote, remotePort, via, time);
    if (this.sessions.via(session) !== via) {
      this.sessions.setVia(session, via);
      this.bindings.setVia(binding, via);
    }
    if (protocol === ProtocolIndex.tcp) return this.#tcp(session, TcpEvent.fromIPv6, header.tcpFlags, time);
    this.#life.datagram(session, protocol, true, time);
    return session;
  }

  /** Whether a packet from the IPv6 side belongs to a static binding. */
  hasStaticBinding(header: IpHeader): boolean {
    const source = header.tuple.source;
    const key = bindingKey(protocolIndex(header.protocol), header.tuple.sourcePort, AUTOMATIC);
    const binding = this.bindings.findByClient(source[0], source[1], source[2], source[3], key);
    return binding >= 0 && this.bindings.isStatic(binding);
  }

  /** The time of the records: milliseconds, int32 that wraps. */
  timeOf(now: number): number {
    return this.#clock.time(now);
  }

  /** Whether there is a session for a packet from the IPv6 side. Changes nothing but what is over. @param remote as in {@link outbound} */
  hasSession(header: IpHeader, remote: number, now: number): boolean {
    const source = header.tuple.source;
    const protocol = protocolIndex(header.protocol);
    const key = bindingKey(protocol, header.tuple.sourcePort, AUTOMATIC);
    const binding = this.bindings.findByClient(source[0], source[1], source[2], source[3], key);
    if (binding < 0) return false;
    const remotePort = protocol === ProtocolIndex.icmp ? 0 : header.tuple.destinationPort;
    return this.#live.findForError(binding, remote, remotePort, this.#time(now)) >= 0;
  }

  /**
   * Ends all sessions that `isEnded` selects, and counts them as lost. Looks at the whole table: not for the packet path.
   *
   * @returns their number
   */
  endWhere(isEnded: (session: number) => boolean): number {
    let ended = 0;
    for (let session = 0; session < this.sessions.capacity; session++) {
      if (this.sessions.binding(session) < 0 || !isEnded(session)) continue;
      this.#life.lost++;
      this.end(session);
      ended++;
    }
    return ended;
  }

  /** Ends a session that {@link outbound} returned, if it is one that is kept. */
  endIfStored(session: number): void {
    if (session === this.sessions.transient) return;
    this.#life.withdraw(session);
    this.end(session);
  }

  /**
   * Finds the session of a packet from the IPv4 side, or makes one if binding and filtering policy allow that.
   *
   * @param bytes where the packet is, for an inbound SYN that has to be held
   * @param header an IPv4 packet of TCP, UDP or an ICMP query; a later fragment has the ports of the first one
   * @returns the session, −reason, or {@link PACKET_HELD}
   */
  inbound(bytes: Uint8Array, header: IpHeader, now: number): number {
    const protocol = protocolIndex(header.protocol);
    if (protocol < 0) return -Reason["unsupported-protocol"];
    const tuple = header.tuple;
    const binding = this.bindings.findByPool(tuple.destination[0], poolKey(protocol, tuple.destinationPort));
    const time = this.#time(now);
    // RFC 6146 §3.5.2.2, CLOSED: TCP without a binding is dropped silently, as for `no-session`.
    const withoutBinding = protocol === ProtocolIndex.tcp ? -Reason["no-session"] : -Reason["no-binding"];
    if (binding < 0 || !this.#isUsable(binding, time)) return withoutBinding;
    if (this.#isBanned(binding)) return -Reason.banned;
    const remote = tuple.source[0];
    const remotePort = protocol === ProtocolIndex.icmp ? 0 : tuple.sourcePort;
    const session = this.#live.find(binding, remote, remotePort, time);
    if (session < 0 && this.#live.isBindingOver(binding, protocol, time)) return withoutBinding;
    if (session < 0) return this.#making.inbound(bytes, header, protocol, binding, remote, remotePort, time);
    if (protocol !== ProtocolIndex.tcp) {
      this.#life.datagram(session, protocol, false, time);
      return session;
    }
    // The session waits for the IPv6 side. Further packets of the IPv4 side get no answer until then (RFC 5382 REQ-4).
    if (this.sessions.heldSyn(session) >= 0) return -Reason["no-session"];
    return this.#tcp(session, TcpEvent.fromIPv4, header.tcpFlags, time);
  }

  /**
   * Finds the session that an ICMPv6 error from the IPv6 side is about. Does not make or refresh one (RFC 5508 REQ-5).
   *
   * @param inner header inside the error: a packet *to* the client
   * @param remote the IPv4 address that the inner source embeds
   * @returns the session, or −reason
   */
  findOutboundError(inner: IpHeader, remote: number, exit: number, now: number): number {
    const protocol = protocolIndex(inner.protocol);
    if (protocol < 0) return -Reason["unsupported-protocol"];
    const client = inner.tuple.destination;
    const key = bindingKey(protocol, inner.tuple.destinationPort, exit);
    const time = this.#time(now);
    const binding = this.bindings.findByClient(client[0], client[1], client[2], client[3], key);
    if (binding < 0 || !this.#isUsable(binding, time)) return -Reason["no-binding"];
    const refused = this.clients.caps.admitPackets(this.bindings.client(binding), 1, time);
    if (refused !== 0) return -refused;
    const remotePort = protocol === ProtocolIndex.icmp ? 0 : inner.tuple.sourcePort;
    const session = this.#live.findForError(binding, remote, remotePort, time);
    return session < 0 ? -Reason["no-session"] : session;
  }

  /**
   * Finds the session that an ICMP error from the IPv4 side is about. Does not make or refresh one.
   *
   * @param inner header inside the error: a packet *from* the pool
   * @returns the session, or −reason
   */
  findInboundError(inner: IpHeader, now: number): number {
    const protocol = protocolIndex(inner.protocol);
    if (protocol < 0) return -Reason["unsupported-protocol"];
    const tuple = inner.tuple;
    const binding = this.bindings.findByPool(tuple.source[0], poolKey(protocol, tuple.sourcePort));
    if (binding < 0) return -Reason["no-binding"];
    if (this.#isBanned(binding)) return -Reason.banned;
    const remotePort = protocol === ProtocolIndex.icmp ? 0 : tuple.destinationPort;
    const session = this.#live.findForError(binding, tuple.destination[0], remotePort, this.#time(now));
    return session < 0 ? -Reason["no-session"] : session;
  }

  /** Notes the acknowledgment number of a client's TCP segment: a reset needs it to be accepted (RFC 5961). */
  noteAcknowledged(session: number, acknowledgment: number): void {
    if (!isClosed(this.sessions.state(session)) && this.sessions.heldSyn(session) < 0)
      this.sessions.setAcknowledged(session, acknowledgment);
  }

  /** Ends sessions whose time has come: see {@link SessionExpiry.advance}. */
  expire(now: number, budget: number): number {
    const time = this.#time(now);
    this.#clock.note(now);
    this.#making.judge(time);
    return this.expiry.advance(time, budget);
  }

  /** Ends a session now, whatever its lifetime. */
  end(session: number): void {
    this.#life.end(session);
  }

  /** Milliseconds until a session expires; negative when it is overdue. */
  remaining(session: number, now: number): number {
    return (this.sessions.expiry(session) - this.#clock.time(now)) | 0;
  }

  /** Whether a BIB entry belongs to a banned client. */
  #isBanned(binding: number): boolean {
    const { bans } = this.#options;
    if (bans === undefined || !bans.isAny) return false;
    this.bindings.copyClient(binding, this.#client);
    return bans.hasClient(this.#client);
  }

  /** Whether a BIB entry belongs to today's tables: during a migration it migrates first. */
  #isUsable(binding: number, time: number): boolean {
    return this.#migration === null || this.#migration.migrate(binding, time);
  }

  /** Another store for SYNs that wait: those in the old one are lost with their sessions. */
  #useHeld(held: HeldPackets): void {
    const { sessions } = this;
    for (let session = 0; session < sessions.capacity; session++) {
      if (sessions.binding(session) < 0 || sessions.heldSyn(session) < 0) continue;
      this.#life.lost++;
      this.end(session);
    }
    this.#life.held = held;
  }

  /** The int32 time of `now`. After a long pause, times would wrap and sessions live again: those that are over end first. */
  #time(now: number): number {
    const time = this.#clock.time(now);
    if (this.#clock.wasAwayTooLong(now)) {
      const { noted } = this.#clock;
      this.expiry.endOverAfterPause(this.#clock.time(noted), now - noted, time);
      this.#clock.note(now);
    }
    return time;
  }

  /** Whether a client that sends again gets another mapping: see {@link NewSessions.shouldMove}. */
  #shouldMove(session: number, protocol: number, tcpFlags: number): boolean {
    if (!isUnanswered(this.sessions.state(session))) return false;
    if (protocol === ProtocolIndex.tcp && tcpKind(tcpFlags) !== TcpEvent.syn) return false;
    return this.#making.shouldMove(session, protocol);
  }

  /** Handles a TCP segment of a session. @returns the session, or −reason when a SYN may not reopen it */
  #tcp(session: number, side: number, flags: number, time: number): number {
    const kind = tcpKind(flags);
    // A SYN on the ports of a closed connection opens a new one.
    if (kind === TcpEvent.syn && this.#options.drains?.isAll === true && isClosed(this.sessions.state(session))) {
      return -this.#options.drains.reason;
    }
    if (this.#life.tcp(session, side | kind, time) || kind !== TcpEvent.syn) return session;
    return -Reason["cap-sessions"];
  }
}
