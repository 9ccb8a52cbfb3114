import type { BindingTable } from "../bib/binding-table.ts";
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
 * Ends sessions before their time when records or ports run out: closed TCP sessions, those first that have been closed the
 * longest (decision 5); then sessions that nobody answered (decision 15). A session that was answered is not ended.
 */
export class SessionReclaimer {
  /** Sessions that were ended to make room, since start. */
  reclaimed = 0;
  /** Sessions without an answer that were ended for others, since start. */
  evicted = 0;
  readonly #parts: SessionReclaimerParts;
  /** Sessions that may still be ended for the packet in hand. */
  #left = 0;

  constructor(parts: SessionReclaimerParts) {
    this.#parts = parts;
  }

  /** Starts the allowance of a packet: {@link makeRoom} and {@link freePort} share it. */
  startPacket(): void {
    this.#left = MAX_RECLAIMED_PER_PACKET;
  }

  /**
   * Makes room for a session, and for a BIB entry if one is needed, by ending closed sessions of any exit, and sessions that
   * nobody answered: these first when they are more than their part of the table.
   *
   * @returns whether there is room now
   */
  makeRoom(needsBinding: boolean): boolean {
    const { sessions, bindings } = this.#parts;
    while (sessions.full || (needsBinding && bindings.full)) {
      const { unanswered } = this.#parts.life;
      const oldest = unanswered.count > unanswered.limit ? -1 : this.#oldest();
      if (!(oldest >= 0 ? this.#reclaim(oldest) : this.#evict(unanswered.choose()))) return false;
    }
    return true;
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

  /**
   * Frees a port by ending a session that nobody answered.
   *
   * @param protocol `ProtocolIndex`
   * @returns whether a port is free now
   */
  freeUnansweredPort(exit: number, protocol: number): boolean {
    const { unanswered } = this.#parts.life;
    return unanswered.isFlooded && this.#evict(unanswered.chooseWithPort(exit, protocol));
  }

  /** Ends a session that nobody answered, if there is a flood of them. @returns as {@link #reclaim} does */
  #evict(session: number): boolean {
    if (session < 0 || this.#left <= 0 || !this.#parts.life.unanswered.isFlooded) return false;
    this.#left--;
    this.#parts.life.end(session);
    this.evicted++;
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
