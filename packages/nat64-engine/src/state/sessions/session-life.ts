import type { ClientTable } from "../../limits/client-table.ts";
import type { BindingTable } from "../bib/binding-table.ts";
import type { RemoteAddresses } from "../filtering/remote-addresses.ts";
import type { HeldPackets } from "../held/held-packets.ts";
import { exitOfPoolAddress } from "../pool.ts";
import type { Ports } from "../ports/ports.ts";
import type { ProtocolIndex } from "../protocol-index.ts";
import type { SessionLifetimes } from "../state-options.ts";
import { TICK_MS, type TimerWheel } from "../timers/timer-wheel.ts";
import { ClosedSessions } from "./closed-sessions.ts";
import type { ConfiguredTables } from "./configured-tables.ts";
import type { SessionTable } from "./session-table.ts";
import { isClosed, Lifetime, lifetimeOfClosed, SessionState, TCP_TRANSITIONS } from "./tcp-state.ts";

/** Events of one call of {@link SessionLife.expire} at most. */
const EVENTS = 256;

/** Closed sessions that are ended for one packet at most, if each of them leaves its port to another session. */
const TAKEN_PER_PACKET = 64;

/** No client. */
const NOBODY = -1;

/** The tables that sessions live in and from. */
export interface SessionLifeParts {
  readonly sessions: SessionTable;
  readonly bindings: BindingTable;
  readonly clients: ClientTable;
  readonly ports: Ports;
  /** Of Address-Dependent Filtering; null under other policies. */
  readonly remotes: RemoteAddresses | null;
  readonly held: HeldPackets;
  readonly wheel: TimerWheel;
  readonly lifetimes: SessionLifetimes;
  /** Exits there may be, the local one included. */
  readonly exits: number;
}

/**
 * How sessions begin, age and end, and what goes with the last one of a BIB entry (RFC 6146 §3.5, §4). Times are
 * milliseconds as int32 that wraps.
 *
 * A closed TCP session stays for its lifetime as the RFC says. Only when a table or an exit's ports run out are closed
 * ones ended before their time, those first that have been closed the longest; see decision 5.
 */
export class SessionLife {
  /** Sessions that leave through each exit now; 0 is the local one. */
  readonly sessionsOfExit: Int32Array;
  /** Sessions made, ended because their time was over, and taken back before that, since start. */
  created = 0;
  expired = 0;
  takenBack = 0;
  /** Sessions that had no place in a configuration that came later. */
  lost = 0;
  /** See `Nat64State.probes`. */
  readonly probes: Int32Array = new Int32Array(EVENTS);
  probeCount = 0;
  /** See `Nat64State.unansweredSyns`. */
  readonly unansweredSyns: Int32Array = new Int32Array(EVENTS);
  unansweredSynCount = 0;
  /**
   * Sessions below this record count for their clients and for the filter. All of them do, but while sessions are taken
   * over into other tables (see `MoveOver`): then those that the round has come to.
   */
  counted: number;

  readonly #sessions: SessionTable;
  readonly #bindings: BindingTable;
  #clients: ClientTable;
  #ports: Ports;
  #remotes: RemoteAddresses | null;
  #held: HeldPackets;
  readonly #wheel: TimerWheel;
  readonly #closed: ClosedSessions;
  /** Milliseconds of UDP and ICMP, by {@link ProtocolIndex}; that of TCP is in the next one. */
  readonly #lifetimes: Int32Array;
  /** Milliseconds by {@link Lifetime}. */
  readonly #tcpLifetimes: Int32Array;

  constructor(parts: SessionLifeParts) {
    this.#sessions = parts.sessions;
    this.#bindings = parts.bindings;
    this.#clients = parts.clients;
    this.#ports = parts.ports;
    this.#remotes = parts.remotes;
    this.#held = parts.held;
    this.#wheel = parts.wheel;
    this.counted = parts.sessions.capacity;
    this.#closed = new ClosedSessions(parts.sessions.records, parts.exits);
    this.sessionsOfExit = new Int32Array(parts.exits);
    this.#lifetimes = new Int32Array(3);
    this.#tcpLifetimes = new Int32Array(3);
    this.setLifetimes(parts.lifetimes);
  }

  /** Sessions of an exit over which something may still come: all but closed TCP sessions. */
  openSessionsOf(exit: number): number {
    return this.sessionsOfExit[exit] - this.#closed.count(exit);
  }

  /** Other lifetimes from now on. Those of sessions that exist are shortened by {@link shorten} only. */
  setLifetimes({ udp, icmp, tcpEstablished, tcpTransitory }: SessionLifetimes): void {
    this.#lifetimes.set([0, udp, icmp]);
    this.#tcpLifetimes.set([0, tcpEstablished, tcpTransitory]);
  }

  /** Another store for SYNs that wait; no session may hold one. */
  setHeld(held: HeldPackets): void {
    this.#held = held;
  }

  /** Other tables of clients, ports and filter from now on. No session counts in them yet, and no BIB entry is settled. */
  useTables({ clients, ports, remotes }: ConfiguredTables): void {
    this.#clients = clients;
    this.#ports = ports;
    this.#remotes = remotes;
    this.#bindings.unsettleAll();
  }

  /** Takes up the sessions that are in the table already and count for nobody yet: those of a used buffer. */
  adopt(time: number): void {
    const sessions = this.#sessions;
    const closed: number[] = [];
    for (let session = 0; session < sessions.capacity; session++) {
      const binding = sessions.binding(session);
      if (binding < 0) continue;
      this.sessionsOfExit[this.#exitOf(binding)]++;
      this.#wheel.add(session);
      if (isClosed(sessions.state(session))) closed.push(session);
      this.shorten(session, time);
      this.takeUp(session);
    }
    closed.sort((a, b) => (this.#closedAt(a) - this.#closedAt(b)) | 0);
    for (const session of closed) this.#closed.append(this.#exitOf(this.#sessions.binding(session)), session);
  }

  /** Lets a session count for its client and for the filter. */
  takeUp(session: number): void {
    const binding = this.#sessions.binding(session);
    if (this.#sessions.heldSyn(session) < 0) this.#remotes?.add(binding, this.#sessions.remoteAddress(session));
    if (!isClosed(this.#sessions.state(session))) this.#clients.countSession(this.#bindings.client(binding), 1);
  }

  /** A lifetime of UDP or ICMP that is shorter than it was in another configuration holds for sessions that go on, too. */
  shorten(session: number, time: number): void {
    if (this.#sessions.state(session) !== SessionState.none) return;
    const latest = (time + this.#lifetimes[this.#bindings.protocol(this.#sessions.binding(session))]) | 0;
    if (((this.#sessions.expiry(session) - latest) | 0) <= 0) return;
    this.#sessions.setExpiry(session, latest);
    this.#wheel.shorten(session);
  }

  /** Adds a session of UDP or ICMP, or one of TCP in a state that a SYN leads to. There is room for it. */
  add(binding: number, remote: number, remotePort: number, via: number, state: number, time: number): number {
    const lifetime =
      state === SessionState.none
        ? this.#lifetimes[this.#bindings.protocol(binding)]
        : this.#tcpLifetimes[Lifetime.transitory];
    const session = this.addUnadmitted(binding, remote, remotePort, via, state, time + lifetime);
    if (session < this.counted) this.#remotes?.add(binding, remote);
    return session;
  }

  /** Adds a session whose IPv4 address is not thereby one that the filter knows: it holds a SYN. */
  addUnadmitted(
    binding: number,
    remote: number,
    remotePort: number,
    via: number,
    state: number,
    expiry: number,
  ): number {
    const session = this.#sessions.add(binding, remote, remotePort, via, state, expiry | 0);
    this.#bindings.setSessions(binding, this.#bindings.sessions(binding) + 1);
    this.#bindings.setRecent(binding, session);
    this.#count(session, binding, 1);
    this.sessionsOfExit[this.#exitOf(binding)]++;
    this.#wheel.add(session);
    this.created++;
    return session;
  }

  /** A packet of UDP or ICMP passes: time goes on, so its end only ever moves later. @param protocol {@link ProtocolIndex} */
  refresh(session: number, protocol: number, time: number): void {
    this.#sessions.setExpiry(session, time + this.#lifetimes[protocol]);
  }

  /**
   * A TCP segment passes.
   *
   * @param event side and kind of the segment, see `TcpEvent`
   * @returns false when it would go on with a closed session and the client's cap leaves no room for an open one: then
   *   nothing has changed
   */
  tcp(session: number, event: number, time: number): boolean {
    const state = this.#sessions.state(session);
    const transition = TCP_TRANSITIONS[(state << 3) | event];
    if ((transition & 15) !== state && !this.#change(session, state, transition & 15)) return false;
    const lifetime = transition >> 4;
    if (lifetime !== Lifetime.keep) this.#prolong(session, time + this.#tcpLifetimes[lifetime]);
    return true;
  }

  /**
   * Makes room for a session, and for a BIB entry if one is needed, by taking back closed sessions of whatever exit.
   *
   * @returns whether there is room now
   */
  makeRoom(needsBinding: boolean): boolean {
    for (let taken = 0; this.#sessions.full || (needsBinding && this.#bindings.full); taken++) {
      const oldest = taken < TAKEN_PER_PACKET ? this.#oldest() : -1;
      if (oldest < 0) return false;
      this.#takeBack(oldest);
    }
    return true;
  }

  /**
   * Frees a TCP port of an exit by taking back the mapping all of whose sessions are closed, the longest one first.
   *
   * @param latest only of what closed at this time or before
   * @returns whether a port is free now
   */
  takeBackPort(exit: number, latest: number): boolean {
    for (let taken = 0; taken < TAKEN_PER_PACKET; taken++) {
      const session = this.#closed.oldest(exit);
      if (session < 0 || ((this.#closedAt(session) - latest) | 0) > 0) return false;
      const binding = this.#sessions.binding(session);
      // The others are ended all the same: without them the entry's other sessions work as before, and each ends once.
      const isLast = this.#bindings.sessions(binding) === 1 && !this.#bindings.isStatic(binding);
      const hasPort = isLast && this.#bindings.isSettled(binding);
      this.#takeBack(session);
      if (hasPort) return true;
    }
    return false;
  }

  /** See `Nat64State.expire`. */
  expire(time: number, budget: number): number {
    for (let i = 0; i < this.unansweredSynCount; i++) this.#held.release(this.unansweredSyns[i]);
    this.unansweredSynCount = 0;
    this.probeCount = 0;
    const sessions = this.#sessions;
    for (let left = budget; left > 0; left--) {
      if (this.probeCount === EVENTS || this.unansweredSynCount === EVENTS) return 0;
      const session = this.#wheel.next(time, left);
      if (session === -2) return 0;
      if (session < 0) return sessions.count === 0 ? Number.POSITIVE_INFINITY : TICK_MS - (time & (TICK_MS - 1));
      if (sessions.state(session) === SessionState.established) {
        sessions.setState(session, SessionState.transitory);
        sessions.setExpiry(session, (time + this.#tcpLifetimes[Lifetime.transitory]) | 0);
        this.#wheel.add(session);
        this.probes[this.probeCount++] = session;
      } else {
        const syn = sessions.heldSyn(session);
        if (syn >= 0) this.unansweredSyns[this.unansweredSynCount++] = syn;
        this.#destroy(session);
        this.expired++;
      }
    }
    return 0;
  }

  /** Ends a session now, whatever its lifetime. */
  end(session: number): void {
    const syn = this.#sessions.heldSyn(session);
    if (syn >= 0) this.#held.release(syn);
    this.#wheel.remove(session);
    this.#destroy(session);
  }

  /** Counts a session that was made or opened again (1), or closed or ended (−1), if it counts at all. */
  #count(session: number, binding: number, change: number): void {
    if (session < this.counted) this.#clients.countSession(this.#bindings.client(binding), change);
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
  #change(session: number, from: number, to: number): boolean {
    const binding = this.#sessions.binding(session);
    if (isClosed(from) && !isClosed(to)) {
      if (!this.#clients.hasRoom(this.#bindings.client(binding))) return false;
      this.#closed.remove(this.#exitOf(binding), session);
      this.#count(session, binding, 1);
    }
    const syn = this.#sessions.heldSyn(session);
    if (syn >= 0) {
      // Both sides open at once: the client's SYN goes out, the one that waited is not needed (RFC 5382 REQ-4).
      this.#held.release(syn);
      this.#sessions.setHeldSyn(session, -1);
      if (session < this.counted) this.#remotes?.add(binding, this.#sessions.remoteAddress(session));
    }
    if (isClosed(to) && !isClosed(from)) {
      this.#closed.append(this.#exitOf(binding), session);
      this.#count(session, binding, -1);
    }
    this.#sessions.setState(session, to);
    return true;
  }

  /** When a session closed; of one that was refused, when its SYN passed. */
  #closedAt(session: number): number {
    const lifetime = this.#tcpLifetimes[lifetimeOfClosed(this.#sessions.state(session))];
    return (this.#sessions.expiry(session) - lifetime) | 0;
  }

  /** Of all exits' sessions the one that has been closed the longest, or −1. */
  #oldest(): number {
    let oldest = -1;
    for (let exit = 0; exit < this.#closed.exits; exit++) {
      const session = this.#closed.oldest(exit);
      if (session < 0) continue;
      if (oldest < 0 || ((this.#closedAt(session) - this.#closedAt(oldest)) | 0) < 0) oldest = session;
    }
    return oldest;
  }

  #takeBack(session: number): void {
    this.end(session);
    this.takenBack++;
  }

  /** Removes a session that is no longer in the wheel, and its BIB entry with the last one. */
  #destroy(session: number): void {
    const binding = this.#sessions.binding(session);
    const exit = this.#exitOf(binding);
    if (isClosed(this.#sessions.state(session))) this.#closed.remove(exit, session);
    else this.#count(session, binding, -1);
    const isAdmitted = session < this.counted && this.#sessions.heldSyn(session) < 0;
    if (isAdmitted) this.#remotes?.remove(binding, this.#sessions.remoteAddress(session));
    this.#sessions.remove(session);
    this.sessionsOfExit[exit]--;
    const left = this.#bindings.sessions(binding) - 1;
    this.#bindings.setSessions(binding, left);
    if (left > 0 || this.#bindings.isStatic(binding)) return;
    const client = this.#bindings.isSettled(binding) ? this.#bindings.client(binding) : NOBODY;
    if (client !== NOBODY) this.#ports.free(this.#bindings.slot(binding));
    this.#bindings.remove(binding);
    if (client !== NOBODY) this.#clients.leave(client);
  }
}
