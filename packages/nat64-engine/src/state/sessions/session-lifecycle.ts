import type { DataLiveness } from "../../exits/data/data-liveness.ts";
import type { ClientTable } from "../../limits/client-table.ts";
import type { BindingTable } from "../bib/binding-table.ts";
import type { RemoteAddresses } from "../filtering/remote-addresses.ts";
import type { HeldPackets } from "../held/held-packets.ts";
import { exitOfPoolAddress } from "../ports/pool-address.ts";
import type { PortAllocator } from "../ports/port-allocator.ts";
import { ProtocolIndex } from "../protocol-index.ts";
import { Lifetime, type LifetimeTable } from "../timers/session-lifetimes.ts";
import type { TimerWheel } from "../timers/timer-wheel.ts";
import { ClosedSessions } from "./closed-sessions.ts";
import type { ConfiguredTables } from "./configured-tables.ts";
import { ANSWERED_DNS_MS, isDns } from "./dns.ts";
import { countsForClient, SessionClass, sessionClass } from "./session-classes.ts";
import { SessionCrowd } from "./session-crowd.ts";
import type { SessionTable } from "./session-table.ts";
import {
  isUnanswered,
  LIFETIME_SHIFT,
  lifetimeOfClosed,
  SessionState,
  STATE_MASK,
  TCP_TRANSITIONS,
} from "./tcp-state.ts";

/** No client. */
const NO_CLIENT = -1;

/** Uninvited sessions are an eighth of the table at most, and this many in a small one. */
const UNINVITED_SHIFT = 3;
const MIN_UNINVITED = 16;

/** The tables that sessions live in and from. */
export interface SessionLifecycleParts extends ConfiguredTables {
  readonly sessions: SessionTable;
  readonly bindings: BindingTable;
  readonly held: HeldPackets;
  readonly wheel: TimerWheel;
  readonly lifetimes: LifetimeTable;
  /** Words of the crowds: see {@link SessionCrowd}. */
  readonly links: Int32Array;
  /** Number of exits, the local one included. */
  readonly exits: number;
}

/**
 * How sessions begin, age and end, and what ends with the last one of a BIB entry (RFC 6146 §3.5, §4). Times are
 * milliseconds as int32 that wraps.
 *
 * A closed TCP session is kept for its lifetime, as the RFC says, unless its record or port is needed: see
 * `SessionReclaimer`. What happens when a lifetime is over: `SessionExpiry`.
 */
export class SessionLifecycle {
  /** Sessions that leave through each exit now; 0 is the local one. */
  readonly sessionsOfExit: Int32Array;
  /** The closed sessions of each exit. */
  readonly closed: ClosedSessions;
  /** The open sessions, by {@link SessionClass}. More {@link unconfirmed} ones than its limit give way before closed ones do. */
  readonly settled: SessionCrowd;
  readonly unconfirmed: SessionCrowd;
  /** A new one over the limit takes the place of another one. */
  readonly uninvited: SessionCrowd;
  /** Where inbound SYNs wait. Before another store is put here, no session may hold one. */
  held: HeldPackets;
  /** Learns which flows are answered; null when there is only one exit. */
  data: DataLiveness | null = null;
  /** Sessions made since start. */
  created = 0;
  /** Sessions that had no place in a later configuration. */
  lost = 0;
  /**
   * Sessions below this record count for their clients and for the filter. These are all, except while sessions migrate to
   * other tables (see `TableMigration`): then those that migrated.
   */
  countedEnd: number;

  readonly #sessions: SessionTable;
  readonly #bindings: BindingTable;
  readonly #wheel: TimerWheel;
  readonly #lifetimes: LifetimeTable;
  #clients: ClientTable;
  #ports: PortAllocator;
  #remotes: RemoteAddresses | null;

  constructor(parts: SessionLifecycleParts) {
    this.#sessions = parts.sessions;
    this.#bindings = parts.bindings;
    this.#clients = parts.clients;
    this.#ports = parts.ports;
    this.#remotes = parts.remotes;
    this.#wheel = parts.wheel;
    this.#lifetimes = parts.lifetimes;
    this.held = parts.held;
    this.countedEnd = parts.sessions.capacity;
    this.closed = new ClosedSessions(parts.sessions.records, parts.exits);
    this.sessionsOfExit = new Int32Array(parts.exits);
    const { capacity } = parts.sessions;
    this.settled = new SessionCrowd(parts, capacity);
    this.unconfirmed = new SessionCrowd(parts, capacity >> 1);
    this.uninvited = new SessionCrowd(parts, Math.max(MIN_UNINVITED, capacity >> UNINVITED_SHIFT));
  }

  /** Open sessions of an exit: all but closed TCP sessions. */
  openSessionsOf(exit: number): number {
    return this.sessionsOfExit[exit] - this.closed.count(exit);
  }

  /** Sessions by {@link SessionClass}. */
  countsByClass(): readonly number[] {
    return [this.settled.count, this.unconfirmed.count, this.uninvited.count, this.closed.total];
  }

  /** Other tables of clients, ports and filter from now on. No session counts in them, and no BIB entry migrated yet. */
  useTables({ clients, ports, remotes }: ConfiguredTables): void {
    this.#clients = clients;
    this.#ports = ports;
    this.#remotes = remotes;
    this.#bindings.startMigration();
  }

  /** Adopts the sessions of a used buffer, which are in the table already but in no timer, list or count. */
  adoptAll(time: number): void {
    const sessions = this.#sessions;
    const closed: number[] = [];
    for (let session = 0; session < sessions.capacity; session++) {
      const binding = sessions.binding(session);
      if (binding < 0) continue;
      this.sessionsOfExit[this.#exitOf(binding)]++;
      this.#wheel.add(session);
      const kind = sessionClass(sessions.state(session));
      if (kind === SessionClass.closed) closed.push(session);
      else this.#crowd(kind).add(session);
      this.shorten(session, time);
      this.count(session);
    }
    closed.sort((a, b) => (this.closedAt(a) - this.closedAt(b)) | 0);
    for (const session of closed) this.closed.append(this.#exitOf(sessions.binding(session)), session);
  }

  /** Counts a session for its client and for the filter. */
  count(session: number): void {
    const binding = this.#sessions.binding(session);
    if (this.#sessions.heldSyn(session) < 0) this.#remotes?.add(binding, this.#sessions.remoteAddress(session));
    const counts = countsForClient(sessionClass(this.#sessions.state(session)));
    if (counts) this.#clients.caps.countSession(this.#bindings.client(binding), 1);
  }

  /** Shortens the lifetime of a UDP or ICMP session to that of today's configuration. */
  shorten(session: number, time: number): void {
    const protocol = this.#bindings.protocol(this.#sessions.binding(session));
    if (protocol === ProtocolIndex.tcp) return;
    const latest = (time + this.#lifetimes.byProtocol[protocol]) | 0;
    if (((this.#sessions.expiry(session) - latest) | 0) <= 0) return;
    this.#sessions.setExpiry(session, latest);
    this.#wheel.shorten(session);
  }

  /** Adds a session of UDP or ICMP, or one of TCP in a state that a SYN leads to. There is room for it. */
  add(binding: number, remote: number, remotePort: number, via: number, state: number, time: number): number {
    const protocol = this.#bindings.protocol(binding);
    const lifetime =
      protocol === ProtocolIndex.tcp
        ? this.#lifetimes.byTransition[Lifetime.transitory]
        : this.#lifetimes.byProtocol[protocol];
    const session = this.#add(binding, remote, remotePort, via, state, time + lifetime);
    if (isUnanswered(state)) this.#asked(session, time);
    if (session < this.countedEnd) this.#remotes?.add(binding, remote);
    return session;
  }

  /**
   * Adds a session for an inbound SYN that waits for the client's own (RFC 6146 §3.5.2.2). The filter does not let its IPv4
   * address in.
   *
   * @param syn the SYN in {@link held}
   */
  addHoldingSyn(binding: number, remote: number, remotePort: number, via: number, time: number, syn: number): number {
    const expiry = time + this.#lifetimes.incomingSynMs;
    const session = this.#add(binding, remote, remotePort, via, SessionState.v4Init, expiry);
    this.#sessions.setHeldSyn(session, syn);
    return session;
  }

  /** A packet of UDP or ICMP passes. @param protocol {@link ProtocolIndex} */
  datagram(session: number, protocol: number, isFromIPv6: boolean, time: number): void {
    const state = this.#sessions.state(session);
    const expiry = (time + this.#lifetimes.byProtocol[protocol]) | 0;
    if (state === SessionState.none) this.#sessions.setExpiry(session, expiry);
    else this.#datagramOfUnsettled(session, protocol, state, isFromIPv6, expiry, time);
  }

  /** A TCP session that is established has been silent for its lifetime. It is in no timer now. */
  fallSilent(session: number, time: number): void {
    this.#change(session, this.#sessions.state(session), SessionState.transitory, time);
    this.#sessions.setExpiry(session, (time + this.#lifetimes.byTransition[Lifetime.transitory]) | 0);
  }

  /**
   * A TCP segment passes.
   *
   * @param event side and kind of the segment, see `TcpEvent`
   * @returns false, with nothing changed, when it would open a closed session again, the client has its share, and there is
   *   no room for more
   */
  tcp(session: number, event: number, time: number): boolean {
    const state = this.#sessions.state(session);
    const transition = TCP_TRANSITIONS[(state << 3) | event];
    const next = transition & STATE_MASK;
    if (next !== state && !this.#change(session, state, next, time)) return false;
    const lifetime = transition >> LIFETIME_SHIFT;
    if (lifetime !== Lifetime.keep) this.#prolong(session, time + this.#lifetimes.byTransition[lifetime]);
    return true;
  }

  /** A session that was just added leaves through no exit. */
  withdraw(session: number): void {
    const binding = this.#sessions.binding(session);
    if (this.data === null || this.#bindings.exit(binding) !== 0) return;
    this.data.withdraw(this.#exitOf(binding), this.#bindings.protocol(binding), this.#bindings.network(binding));
  }

  /** Takes the port of a BIB entry away at once. Its sessions end later: see `RetiredBindings`. */
  retire(binding: number): void {
    this.#freePort(binding);
    this.#bindings.retire(binding);
  }

  /** Whether a client has all the sessions that are its share. What more it has gives way when others need room. */
  isAtShare(client: number): boolean {
    return this.#clients.caps.isAtShare(client);
  }

  /** When the last packet of an open session passed. */
  usedAt(session: number): number {
    const state = this.#sessions.state(session);
    const protocol = this.#bindings.protocol(this.#sessions.binding(session));
    const { byProtocol, byTransition } = this.#lifetimes;
    if (protocol !== ProtocolIndex.tcp) return (this.#sessions.expiry(session) - byProtocol[protocol]) | 0;
    const opens = state === SessionState.v6Init || state === SessionState.v4Init;
    let lifetime = byTransition[opens ? Lifetime.transitory : Lifetime.established];
    // One that fell silent got the time of TRANS on top.
    if (state === SessionState.transitory) lifetime += byTransition[Lifetime.transitory];
    return (this.#sessions.expiry(session) - lifetime) | 0;
  }

  /** When a session closed; of one that was refused, when its SYN passed. */
  closedAt(session: number): number {
    const lifetime = this.#lifetimes.byTransition[lifetimeOfClosed(this.#sessions.state(session))];
    return (this.#sessions.expiry(session) - lifetime) | 0;
  }

  /** Ends a session now, whatever its lifetime. */
  end(session: number): void {
    const syn = this.#sessions.heldSyn(session);
    if (syn >= 0) this.held.release(syn);
    this.#wheel.remove(session);
    this.endExpired(session);
  }

  /** Removes a session that is no longer in the timer wheel, and its BIB entry with the last one. */
  endExpired(session: number): void {
    const binding = this.#sessions.binding(session);
    const exit = this.#exitOf(binding);
    this.#leave(session, binding, sessionClass(this.#sessions.state(session)));
    const isInFilter = session < this.countedEnd && this.#sessions.heldSyn(session) < 0;
    if (isInFilter) this.#remotes?.remove(binding, this.#sessions.remoteAddress(session));
    this.#sessions.remove(session);
    this.sessionsOfExit[exit]--;
    const left = this.#bindings.sessions(binding) - 1;
    this.#bindings.setSessions(binding, left);
    if (left > 0 || this.#bindings.isStatic(binding)) return;
    const client = this.#bindings.isMigrated(binding) ? this.#bindings.client(binding) : NO_CLIENT;
    if (client !== NO_CLIENT) this.#freePort(binding);
    this.#bindings.remove(binding);
    if (client !== NO_CLIENT) this.#clients.leave(client);
  }

  #add(binding: number, remote: number, remotePort: number, via: number, state: number, expiry: number): number {
    const session = this.#sessions.add(binding, remote, remotePort, via, state, expiry | 0);
    this.#bindings.setSessions(binding, this.#bindings.sessions(binding) + 1);
    this.#bindings.setRecent(binding, session);
    this.sessionsOfExit[this.#exitOf(binding)]++;
    this.#wheel.add(session);
    this.#enter(session, binding, sessionClass(state));
    this.created++;
    return session;
  }

  /** Puts a session into the list of its class, and counts it for its client if it counts at all. */
  #enter(session: number, binding: number, kind: number): void {
    if (kind === SessionClass.closed) this.closed.append(this.#exitOf(binding), session);
    else this.#crowd(kind).add(session);
    if (countsForClient(kind) && session < this.countedEnd)
      this.#clients.caps.countSession(this.#bindings.client(binding), 1);
  }

  /** Undoes {@link #enter}. */
  #leave(session: number, binding: number, kind: number): void {
    if (kind === SessionClass.closed) this.closed.remove(this.#exitOf(binding), session);
    else this.#crowd(kind).remove(session);
    if (countsForClient(kind) && session < this.countedEnd)
      this.#clients.caps.countSession(this.#bindings.client(binding), -1);
  }

  #crowd(kind: number): SessionCrowd {
    if (kind === SessionClass.settled) return this.settled;
    return kind === SessionClass.unconfirmed ? this.unconfirmed : this.uninvited;
  }

  #datagramOfUnsettled(
    session: number,
    protocol: number,
    state: number,
    isFromIPv6: boolean,
    expiry: number,
    time: number,
  ): void {
    const dns = isDns(this.#sessions, session, protocol);
    let next = state;
    if (isFromIPv6) {
      if (state === SessionState.uninvited) next = SessionState.accepted;
      else if (state === SessionState.answered) next = dns ? SessionState.unanswered : SessionState.none;
    } else if (state === SessionState.unanswered) next = SessionState.answered;
    else if (state === SessionState.accepted) next = SessionState.none;
    if (next !== state) this.#change(session, state, next, time);
    const isOver = dns && next === SessionState.answered;
    const early = this.#lifetimes.byProtocol[protocol] - ANSWERED_DNS_MS;
    this.#prolong(session, isOver && early > 0 ? (expiry - early) | 0 : expiry);
  }

  /** A client opens a flow; nobody has answered yet. Pinned ones do not count, as their clients choose the exit. */
  #asked(session: number, time: number): void {
    const binding = this.#sessions.binding(session);
    if (this.data === null || this.#bindings.exit(binding) !== 0) return;
    const protocol = this.#bindings.protocol(binding);
    const remote = this.#sessions.remoteAddress(session);
    this.data.asked(this.#exitOf(binding), protocol, this.#bindings.network(binding), remote, time);
  }

  /** The flow gets its first answer. */
  #answered(session: number): void {
    const binding = this.#sessions.binding(session);
    if (this.data === null || this.#bindings.exit(binding) !== 0) return;
    const protocol = this.#bindings.protocol(binding);
    const remote = this.#sessions.remoteAddress(session);
    this.data.answered(this.#exitOf(binding), protocol, this.#bindings.network(binding), remote);
  }

  #freePort(binding: number): void {
    if (this.#bindings.isRetired(binding)) return;
    this.#ports.count(this.#bindings, binding, -1);
    this.#ports.free(this.#bindings.slot(binding));
  }

  #exitOf(binding: number): number {
    return exitOfPoolAddress(this.#bindings.poolAddress(binding));
  }

  #prolong(session: number, expiry: number): void {
    const before = this.#sessions.expiry(session);
    this.#sessions.setExpiry(session, expiry);
    if (((expiry - before) | 0) < 0) this.#wheel.shorten(session);
  }

  /** Puts a session into another state. @returns as {@link tcp} does */
  #change(session: number, from: number, to: number, time: number): boolean {
    const binding = this.#sessions.binding(session);
    const before = sessionClass(from);
    const after = sessionClass(to);
    const opensAgain = before === SessionClass.closed && after !== SessionClass.closed;
    if (opensAgain && this.#sessions.full && this.isAtShare(this.#bindings.client(binding))) return false;
    if (before !== after) this.#leave(session, binding, before);
    const syn = this.#sessions.heldSyn(session);
    if (syn >= 0) {
      // Both sides open at once: the client's SYN goes out, and the one that waited is not needed (RFC 5382 REQ-4).
      this.held.release(syn);
      this.#sessions.setHeldSyn(session, -1);
      if (session < this.countedEnd) this.#remotes?.add(binding, this.#sessions.remoteAddress(session));
    }
    if (before !== after) this.#enter(session, binding, after);
    if (isUnanswered(from) && !isUnanswered(to)) this.#answered(session);
    else if (isUnanswered(to) && !isUnanswered(from)) this.#asked(session, time);
    this.#sessions.setState(session, to);
    return true;
  }
}
