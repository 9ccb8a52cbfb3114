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
import type { SessionTable } from "./session-table.ts";
import { isClosed, isUnanswered, lifetimeOfClosed, SessionState, TCP_TRANSITIONS } from "./tcp-state.ts";
import { WaitingSessions } from "./waiting-sessions.ts";

/** No client. */
const NO_CLIENT = -1;

/** The tables that sessions live in and from. */
export interface SessionLifecycleParts extends ConfiguredTables {
  readonly sessions: SessionTable;
  readonly bindings: BindingTable;
  readonly held: HeldPackets;
  readonly wheel: TimerWheel;
  readonly lifetimes: LifetimeTable;
  /** Words of {@link WaitingSessions}. */
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
  /** Sessions of clients that nobody has answered: half of the table at most. */
  readonly unanswered: WaitingSessions;
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
    this.unanswered = new WaitingSessions(parts, parts.links, parts.sessions.capacity >> 1);
  }

  /** Open sessions of an exit: all but closed TCP sessions. */
  openSessionsOf(exit: number): number {
    return this.sessionsOfExit[exit] - this.closed.count(exit);
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
      if (isClosed(sessions.state(session))) closed.push(session);
      else if (isUnanswered(sessions.state(session))) this.unanswered.add(session);
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
    if (!isClosed(this.#sessions.state(session))) this.#clients.caps.countSession(this.#bindings.client(binding), 1);
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

  /** The first packet of UDP or ICMP from the other side passes. */
  confirm(session: number): void {
    if (this.#sessions.state(session) === SessionState.unanswered) {
      this.unanswered.remove(session);
      this.#answered(session);
    }
    this.#sessions.setState(session, SessionState.none);
  }

  /** A packet of UDP or ICMP passes: time only moves on, so the session's end moves later. @param protocol {@link ProtocolIndex} */
  refresh(session: number, protocol: number, time: number): void {
    this.#sessions.setExpiry(session, time + this.#lifetimes.byProtocol[protocol]);
  }

  /**
   * A TCP segment passes.
   *
   * @param event side and kind of the segment, see `TcpEvent`
   * @returns false, with nothing changed, when it would open a closed session again and the client's cap has no room
   */
  tcp(session: number, event: number, time: number): boolean {
    const state = this.#sessions.state(session);
    const transition = TCP_TRANSITIONS[(state << 3) | event];
    if ((transition & 15) !== state && !this.#change(session, state, transition & 15, time)) return false;
    const lifetime = transition >> 4;
    if (lifetime !== Lifetime.keep) this.#prolong(session, time + this.#lifetimes.byTransition[lifetime]);
    return true;
  }

  /** A session that was just added leaves through no exit. */
  withdraw(session: number): void {
    const binding = this.#sessions.binding(session);
    if (this.data === null || this.#bindings.exit(binding) !== 0) return;
    this.data.withdraw(this.#exitOf(binding), this.#bindings.protocol(binding), this.#bindings.network(binding));
  }

  /** When the last packet passed that kept a session alive. */
  lastPacketAt(session: number): number {
    const { byProtocol, byTransition } = this.#lifetimes;
    const protocol = this.#bindings.protocol(this.#sessions.binding(session));
    const isEstablished = this.#sessions.state(session) === SessionState.established;
    const lifetime = byTransition[isEstablished ? Lifetime.established : Lifetime.transitory];
    return (this.#sessions.expiry(session) - (protocol === ProtocolIndex.tcp ? lifetime : byProtocol[protocol])) | 0;
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
    if (isClosed(this.#sessions.state(session))) this.closed.remove(exit, session);
    else this.#countOpen(session, binding, -1);
    if (isUnanswered(this.#sessions.state(session))) this.unanswered.remove(session);
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
    this.#countOpen(session, binding, 1);
    this.sessionsOfExit[this.#exitOf(binding)]++;
    this.#wheel.add(session);
    if (isUnanswered(state)) this.unanswered.add(session);
    this.created++;
    return session;
  }

  /** Counts an open session that was made or opened again (1), or closed or ended (−1), if it counts at all. */
  #countOpen(session: number, binding: number, change: number): void {
    if (session < this.countedEnd) this.#clients.caps.countSession(this.#bindings.client(binding), change);
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
    if (isClosed(from) && !isClosed(to)) {
      if (!this.#clients.caps.hasRoom(this.#bindings.client(binding))) return false;
      this.closed.remove(this.#exitOf(binding), session);
      this.#countOpen(session, binding, 1);
    }
    const syn = this.#sessions.heldSyn(session);
    if (syn >= 0) {
      // Both sides open at once: the client's SYN goes out, and the one that waited is not needed (RFC 5382 REQ-4).
      this.held.release(syn);
      this.#sessions.setHeldSyn(session, -1);
      if (session < this.countedEnd) this.#remotes?.add(binding, this.#sessions.remoteAddress(session));
    }
    if (isUnanswered(from)) this.unanswered.remove(session);
    if (isUnanswered(to)) this.unanswered.add(session);
    if (isUnanswered(from) && !isUnanswered(to)) this.#answered(session);
    else if (isUnanswered(to) && !isUnanswered(from)) this.#asked(session, time);
    if (isClosed(to) && !isClosed(from)) {
      this.closed.append(this.#exitOf(binding), session);
      this.#countOpen(session, binding, -1);
    }
    this.#sessions.setState(session, to);
    return true;
  }
}
