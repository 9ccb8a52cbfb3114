import type { EngineCounters } from "../../counters.ts";
import type { Nat64State } from "../../state/nat64-state.ts";
import { exitOfPoolAddress } from "../../state/ports/pool-address.ts";
import { ProtocolIndex } from "../../state/protocol-index.ts";
import { isClosed } from "../../state/sessions/tcp-state.ts";
import type { Emitter } from "../emit.ts";
import type { ClientSegments } from "../own-packets/client-segments.ts";

/** Records of the session table that one call looks at: a few hundred microseconds, or a few milliseconds for cold code. */
const SLICE = 1024;

/** Sessions that one call ends at most. */
const MAX_ENDED_SESSIONS = 256;

/**
 * Ends the sessions of removed exits, a slice of the table at a time. TCP clients get a reset, so that they reconnect at once.
 * UDP and ICMP use another exit with their next packet.
 */
export class ExitEnder {
  readonly #state: Nat64State;
  readonly #segments: ClientSegments;
  readonly #emitter: Emitter;
  readonly #counters: EngineCounters;
  /** Exits whose sessions end, with the number of records that are still to be looked at. */
  readonly #exits = new Map<number, number>();
  #cursor = 0;

  constructor(state: Nat64State, segments: ClientSegments, emitter: Emitter, counters: EngineCounters) {
    this.#state = state;
    this.#segments = segments;
    this.#emitter = emitter;
    this.#counters = counters;
  }

  /** Starts to end the sessions of an exit; {@link isEnding} tells when it is complete. */
  end(exit: number): void {
    this.#exits.set(exit, this.#state.sessions.capacity);
  }

  /** Whether there may still be sessions of the exit. */
  isEnding(exit: number): boolean {
    return this.#exits.has(exit);
  }

  /** Sessions that leave through an exit now. */
  sessionsOf(exit: number): number {
    return this.#state.sessionsOfExit[exit];
  }

  /** The open sessions among them: all but closed TCP sessions, which are kept for a while. */
  openSessionsOf(exit: number): number {
    return this.#state.openSessionsOf(exit);
  }

  /** Ends a session now, and counts it. The client of an open TCP connection gets a reset if the batch has room for it. */
  endSession(bytes: Uint8Array, session: number): void {
    this.#counters.sessionsEnded++;
    this.endLostSession(bytes, session);
  }

  /** The same for a session that is already counted as lost. */
  endLostSession(bytes: Uint8Array, session: number): void {
    const { sessions, bindings } = this.#state;
    const isTcp = bindings.protocol(sessions.binding(session)) === ProtocolIndex.tcp;
    const isOpen = isTcp && !isClosed(sessions.state(session));
    if (isOpen && this.#emitter.canHoldOneMore()) this.#segments.reset(bytes, session);
    this.#state.end(session);
  }

  /** Does a slice of the work; returns whether there is more. */
  advance(bytes: Uint8Array): boolean {
    if (this.#exits.size === 0) return false;
    const { sessions, bindings } = this.#state;
    let looked = 0;
    for (let ended = 0; looked < SLICE && ended < MAX_ENDED_SESSIONS && this.#emitter.canHoldOneMore(); looked++) {
      const session = this.#cursor;
      this.#cursor = session + 1 < sessions.capacity ? session + 1 : 0;
      const binding = sessions.binding(session);
      if (binding < 0 || !this.#exits.has(exitOfPoolAddress(bindings.poolAddress(binding)))) continue;
      this.endSession(bytes, session);
      ended++;
    }
    for (const [exit, left] of this.#exits) {
      if (left <= looked) this.#exits.delete(exit);
      else this.#exits.set(exit, left - looked);
    }
    return this.#exits.size > 0;
  }
}
