import type { EngineCounters } from "../../counters.ts";
import { Reason } from "../../drop-reasons.ts";
import { classify } from "../../packet/classify.ts";
import { Packet } from "../../packet/packet.ts";
import type { SessionSlice } from "../../session-record.ts";
import type { Fragments } from "../../state/fragments/fragments.ts";
import type { HeldPackets } from "../../state/held/held-packets.ts";
import type { Nat64State } from "../../state/nat64-state.ts";
import { listSessions } from "../../state/sessions/list-sessions.ts";
import type { Nat64Prefixes } from "../../translate/mapping/nat64-prefixes.ts";
import type { Emitter } from "../emit.ts";
import type { ClientSegments } from "../own-packets/client-segments.ts";
import type { OwnPackets } from "../own-packets/own-packets.ts";
import { describeSession } from "./describe-session.ts";
import type { ExitEnder } from "./exit-ender.ts";
import type { Upkeep } from "./upkeep.ts";

/** Sessions that one look at the timers takes up: few enough that what they send fits any output batch. */
const BUDGET = 32;

/** Looks in one call of `advance`: packets do not wait longer than some tenths of a millisecond for it. */
const LOOKS = 16;

/** Records of the session table that one call takes over into the tables of another configuration. */
const MOVED = 2048;

const TCP_SYN_HELD = Reason["tcp-syn-held"];

/** What {@link StatefulUpkeep} works with. */
export interface StatefulUpkeepParts {
  readonly state: Nat64State;
  readonly held: HeldPackets;
  readonly fragments: Fragments;
  readonly prefixes: Nat64Prefixes;
  readonly segments: ClientSegments;
  readonly ender: ExitEnder;
  readonly emitter: Emitter;
  readonly own: OwnPackets;
  readonly counters: EngineCounters;
}

/** Timers, held packets and lists of a stateful NAT64. */
export class StatefulUpkeep implements Upkeep {
  readonly #parts: StatefulUpkeepParts;
  readonly #packet = new Packet();

  constructor(parts: StatefulUpkeepParts) {
    this.#parts = parts;
  }

  release(bytes: Uint8Array, at: number): number {
    return this.#parts.fragments.takeReleased(bytes, at);
  }

  advance(bytes: Uint8Array, now: number): number {
    const { state, fragments, emitter, segments, ender } = this.#parts;
    if (state.isMovingOver) state.moveOver(now, MOVED, (session) => ender.endSession(bytes, session));
    const isBusy = ender.advance(bytes) || state.isMovingOver;
    const fragmentsNext = isBusy ? 0 : fragments.expire(now);
    for (let look = 0; look < LOOKS && emitter.canHoldOneMore(); look++) {
      const next = state.expire(now, BUDGET);
      for (let i = 0; i < state.probeCount; i++) segments.probe(bytes, state.probes[i]);
      for (let i = 0; i < state.unansweredSynCount; i++) this.#answerSyn(bytes, state.unansweredSyns[i], now);
      if (next > 0) return Math.min(next, fragmentsNext);
    }
    return 0;
  }

  count(counters: EngineCounters): void {
    const { state, fragments, held } = this.#parts;
    counters.fragmentedPackets = fragments.count;
    counters.heldPackets = held.count;
    counters.sessions = state.sessions.count;
    counters.bindings = state.bindings.count;
    counters.clients = state.clients.count;
    counters.sessionsCreated = state.sessionsCreated;
    counters.sessionsExpired = state.sessionsExpired;
    counters.sessionsTakenBack = state.sessionsTakenBack;
    counters.sessionsLost = state.sessionsLost;
  }

  listSessions(from: number, limit: number, now: number): SessionSlice {
    const { state, prefixes } = this.#parts;
    const { sessions, next } = listSessions(state, from, limit, now);
    return { rows: sessions.map((session) => describeSession(session, prefixes)), next };
  }

  /** Nobody answered an inbound SYN in time: its sender hears of it (RFC 6146 §3.5.2.2). */
  #answerSyn(bytes: Uint8Array, syn: number, now: number): void {
    const { held, emitter, own, counters } = this.#parts;
    counters.drops[TCP_SYN_HELD]++;
    if (!emitter.canHoldOneMore()) return;
    const at = emitter.room;
    const length = held.copyTo(syn, bytes, at);
    emitter.take(length);
    if (classify(bytes, at, length, this.#packet) === Reason.none) own.error(bytes, this.#packet, TCP_SYN_HELD, 0, now);
  }
}
