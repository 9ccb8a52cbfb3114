import type { BindingTable } from "../bib/binding-table.ts";
import { OverShare, type Requester } from "./over-share.ts";
import { SessionClass, sessionClass } from "./session-classes.ts";
import type { SessionLifecycle } from "./session-lifecycle.ts";
import type { SessionTable } from "./session-table.ts";

/**
 * Closed sessions that are ended for one packet at most, whatever it needs: a record, a BIB entry, a port of one exit after
 * the other. Ending one need not free a port: other sessions may use the same.
 */
const MAX_RECLAIMED_PER_PACKET = 64;

/** Closed sessions that are ended for a new client when records of clients are few. */
const ENDED_FOR_CLIENTS = 4;

/** What {@link SessionReclaimer} works with. */
export interface SessionReclaimerParts {
  readonly sessions: SessionTable;
  readonly bindings: BindingTable;
  readonly life: SessionLifecycle;
}

/**
 * Ends sessions before their time when records or ports run out, in this order (decision 15):
 *
 * 1. in a flood of them, uninvited sessions;
 * 2. closed TCP sessions, those first that have been closed the longest (decision 5);
 * 3. in a flood of them, unconfirmed sessions: before the closed ones if they are more than half of the table;
 * 4. for a client that is under its share, those of clients that have more than it has;
 * 5. any uninvited session.
 */
export class SessionReclaimer implements Requester {
  /** Closed sessions that were ended to make room, since start. */
  reclaimed = 0;
  /** Open sessions that were ended for others since start, by {@link SessionClass}. */
  readonly evicted: Float64Array = new Float64Array(4);
  network = 0;
  low = 0;
  readonly #parts: SessionReclaimerParts;
  readonly #settled: OverShare;
  readonly #unconfirmed: OverShare;
  /** Sessions that may still be ended for the packet in hand. */
  #left = 0;
  #time = 0;
  /** The record of the client that needs room, or −1: then nobody gives up a share. */
  #client = -1;
  #high = 0;

  constructor(parts: SessionReclaimerParts) {
    this.#parts = parts;
    this.#settled = new OverShare(parts.life.settled, parts.life);
    this.#unconfirmed = new OverShare(parts.life.unconfirmed, parts.life);
  }

  /** Starts the allowance of a packet: {@link makeRoom} and {@link freePort} share it. @param time milliseconds, int32 that wraps */
  startPacket(time: number): void {
    this.#left = MAX_RECLAIMED_PER_PACKET;
    this.#time = time;
    this.#client = -1;
  }

  /** Names the client that needs room. @param high @param low the first two words of its address */
  actFor(client: number, high: number, low: number): void {
    this.#client = client;
    this.#high = high;
    this.low = low;
  }

  /**
   * Makes room for a session, and for a BIB entry if one is needed.
   *
   * @returns whether there is room now
   */
  makeRoom(needsBinding: boolean): boolean {
    const { sessions, bindings, life } = this.#parts;
    while (sessions.full || (needsBinding && bindings.full)) {
      const { unconfirmed, uninvited } = life;
      let isMade = false;
      if (uninvited.isFlooded) isMade = this.#evict(uninvited.choose(), SessionClass.uninvited);
      else {
        const oldest = unconfirmed.isFlooded && unconfirmed.count > unconfirmed.limit ? -1 : this.#oldest();
        if (oldest >= 0) isMade = this.#reclaim(oldest);
        else if (unconfirmed.isFlooded) isMade = this.#evict(unconfirmed.choose(), SessionClass.unconfirmed);
        else isMade = this.#takeBack() || this.#evict(uninvited.choose(), SessionClass.uninvited);
      }
      if (!isMade) return false;
    }
    return true;
  }

  /**
   * Makes room for an uninvited session: it takes the place of another one, or of a closed one.
   *
   * @returns whether there is room now
   */
  makeRoomForUninvited(): boolean {
    const { sessions, life } = this.#parts;
    const { uninvited } = life;
    if (uninvited.count >= uninvited.limit) this.#evict(uninvited.choose(), SessionClass.uninvited);
    if (!sessions.full) return true;
    if (uninvited.isFlooded) return this.#evict(uninvited.choose(), SessionClass.uninvited);
    const oldest = this.#oldest();
    return oldest >= 0 ? this.#reclaim(oldest) : this.#evict(uninvited.choose(), SessionClass.uninvited);
  }

  /**
   * Ends some closed sessions, whose clients' records may be free then: a prefix without open sessions needs none.
   *
   * @param latest only sessions that closed at this time or before
   */
  freeClients(latest: number): void {
    const { life } = this.#parts;
    for (let i = 0; i < ENDED_FOR_CLIENTS; i++) {
      const oldest = this.#oldest();
      if (oldest < 0 || ((life.closedAt(oldest) - latest) | 0) > 0 || !this.#reclaim(oldest)) return;
    }
  }

  /**
   * Frees a TCP port of an exit by ending a mapping all of whose sessions are closed, the one closed the longest first.
   *
   * @param latest only sessions that closed at this time or before
   * @returns whether a port is free now
   */
  freePort(exit: number, latest: number): boolean {
    const { sessions, bindings, life } = this.#parts;
    for (;;) {
      const session = life.closed.oldest(exit);
      if (session < 0 || ((life.closedAt(session) - latest) | 0) > 0) return false;
      const binding = sessions.binding(session);
      // The others are ended, too: the entry's other sessions work without them, and each ends only once.
      const isLast = bindings.sessions(binding) === 1 && !bindings.isStatic(binding);
      const hasPort = isLast && bindings.isMigrated(binding);
      if (!this.#reclaim(session)) return false;
      if (hasPort) return true;
    }
  }

  /** Ends a session whose port is needed. */
  giveWay(session: number): void {
    const { life, sessions } = this.#parts;
    const kind = sessionClass(sessions.state(session));
    if (kind === SessionClass.closed) this.reclaimed++;
    else this.evicted[kind]++;
    life.end(session);
  }

  /** Ends a session of a client over its share for one under its own. */
  #takeBack(): boolean {
    const { life, bindings } = this.#parts;
    if (this.#client < 0 || life.isAtShare(this.#client)) return false;
    this.network = bindings.networkOf(this.#high, this.low);
    if (this.#evict(this.#settled.choose(this, this.#time), SessionClass.settled)) return true;
    return this.#evict(this.#unconfirmed.choose(this, this.#time), SessionClass.unconfirmed);
  }

  /** Ends an open session. @param kind {@link SessionClass} @returns as {@link #reclaim} does */
  #evict(session: number, kind: number): boolean {
    if (session < 0 || this.#left <= 0) return false;
    this.#left--;
    this.#parts.life.end(session);
    this.evicted[kind]++;
    return true;
  }

  /** Of the sessions of all exits the one that has been closed the longest, or −1. */
  #oldest(): number {
    const { life } = this.#parts;
    let oldest = -1;
    for (let exit = 0; exit < life.closed.exits; exit++) {
      const session = life.closed.oldest(exit);
      if (session < 0) continue;
      if (oldest < 0 || ((life.closedAt(session) - life.closedAt(oldest)) | 0) < 0) oldest = session;
    }
    return oldest;
  }

  /** Ends a session. @returns false, with nothing done, when the packet's allowance is used up */
  #reclaim(session: number): boolean {
    if (this.#left <= 0) return false;
    this.#left--;
    this.#parts.life.end(session);
    this.reclaimed++;
    return true;
  }
}
