import type { StatefulSettings } from "../compile-config.ts";
import type { EngineCounters } from "../counters.ts";
import type { SessionSlice } from "../session-record.ts";
import type { Nat64State } from "../state/nat64-state.ts";
import { describeSession } from "./describe-session.ts";
import type { Upkeep } from "./upkeep.ts";

/** Sessions that one call of `advance` looks at: some tens of microseconds. */
const BUDGET = 1024;

/** Timers, held packets and lists of a stateful NAT64. */
export class StatefulUpkeep implements Upkeep {
  readonly #state: Nat64State;
  readonly #settings: StatefulSettings;

  constructor(state: Nat64State, settings: StatefulSettings) {
    this.#state = state;
    this.#settings = settings;
  }

  release(_bytes: Uint8Array, _at: number): number {
    return 0;
  }

  advance(_bytes: Uint8Array, now: number): number {
    return this.#state.expire(now, BUDGET);
  }

  count(counters: EngineCounters): void {
    const state = this.#state;
    counters.sessions = state.sessions.count;
    counters.bindings = state.bindings.count;
    counters.clients = state.clients.count;
    counters.sessionsCreated = state.sessionsCreated;
    counters.sessionsExpired = state.sessionsExpired;
  }

  listSessions(from: number, limit: number, now: number): SessionSlice {
    const { sessions } = this.#state;
    const end = Math.min(from + limit, sessions.capacity);
    const rows = [];
    for (let session = from; session < end; session++) {
      if (sessions.binding(session) >= 0)
        rows.push(describeSession(this.#state, this.#settings.prefixes, session, now));
    }
    return { rows, next: end < sessions.capacity ? end : -1 };
  }
}
