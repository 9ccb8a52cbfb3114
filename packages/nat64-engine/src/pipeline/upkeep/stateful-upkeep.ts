import type { EngineCounters } from "../../counters.ts";
import { Reason } from "../../drop-reasons.ts";
import { classify } from "../../packet/classify.ts";
import { Packet } from "../../packet/packet.ts";
import type { SessionSlice } from "../../session-record.ts";
import type { Fragments } from "../../state/fragments/fragments.ts";
import type { HeldPackets } from "../../state/held/held-packets.ts";
import type { Nat64State } from "../../state/nat64-state.ts";
import { listSessions } from "../../state/sessions/list-sessions.ts";
import { SessionClass } from "../../state/sessions/session-classes.ts";
import type { Nat64Prefixes } from "../../translate/mapping/nat64-prefixes.ts";
import type { Emitter } from "../emit.ts";
import type { ClientSegments } from "../own-packets/client-segments.ts";
import type { OwnPackets } from "../own-packets/own-packets.ts";
import type { BanEnder } from "./ban-ender.ts";
import { describeSession } from "./describe-session.ts";
import type { ExitEnder } from "./exit-ender.ts";
import type { Upkeep } from "./upkeep.ts";

/** Sessions that one look at the timers may touch: what they send fits any output batch. */
const SESSIONS_PER_LOOK = 32;

/** Looks at the timers in one call of `advance`: packets wait a few tenths of a millisecond for it at most. */
const LOOKS = 16;

/** Fragmented packets that one call gives up at most. */
const EXPIRED_FRAGMENTED_PACKETS = 64;

/** Records of the session table that one call migrates to the tables of another configuration. */
const MIGRATED_RECORDS = 2048;

/** Records of the session table that one call looks at for sessions of BIB entries without a port. */
const RETIRED_RECORDS = 1024;

/** Sessions without a place there that one call ends. */
const MAX_ENDED_SESSIONS = 256;

const TCP_SYN_HELD = Reason["tcp-syn-held"];

/** The parts that {@link StatefulUpkeep} uses. */
export interface StatefulUpkeepParts {
  readonly state: Nat64State;
  readonly held: HeldPackets;
  readonly fragments: Fragments;
  readonly prefixes: Nat64Prefixes;
  readonly segments: ClientSegments;
  readonly ender: ExitEnder;
  readonly banEnder: BanEnder;
  readonly emitter: Emitter;
  readonly own: OwnPackets;
  readonly counters: EngineCounters;
}

/** Timers, held packets and listings of a stateful NAT64. */
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
    const { state, fragments, emitter, segments, ender, banEnder } = this.#parts;
    const { expiry } = state;
    if (state.isMigrating) this.#migrate(bytes, now);
    const areExitsEnding = ender.advance(bytes);
    if (state.retired.isAny) state.retired.advance(RETIRED_RECORDS);
    const isBusy = banEnder.advance(bytes) || areExitsEnding || state.isMigrating || state.retired.isAny;
    const fragmentsNext = fragments.expire(now, EXPIRED_FRAGMENTED_PACKETS);
    for (let look = 0; look < LOOKS && emitter.canHoldOneMore(); look++) {
      const next = state.expire(now, SESSIONS_PER_LOOK);
      for (let i = 0; i < expiry.probeCount; i++) segments.probe(bytes, expiry.probes[i]);
      for (let i = 0; i < expiry.unansweredSynCount; i++) this.#answerSyn(bytes, expiry.unansweredSyns[i], now);
      if (next > 0) return isBusy ? 0 : Math.min(next, fragmentsNext);
    }
    return 0;
  }

  count(counters: EngineCounters): void {
    const { state, fragments, held } = this.#parts;
    counters.fragmentedPackets = fragments.count;
    counters.heldPackets = held.count;
    counters.sessions = state.sessions.count;
    const byClass = state.countsByClass();
    counters.settledSessions = byClass[SessionClass.settled];
    counters.unconfirmedSessions = byClass[SessionClass.unconfirmed];
    counters.uninvitedSessions = byClass[SessionClass.uninvited];
    counters.closedSessions = byClass[SessionClass.closed];
    counters.bindings = state.bindings.count;
    counters.clients = state.clients.count;
    counters.sessionsCreated = state.sessionsCreated;
    counters.sessionsExpired = state.sessionsExpired;
    counters.sessionsReclaimed = state.sessionsReclaimed;
    counters.unconfirmedEvicted = state.sessionsEvicted[SessionClass.unconfirmed];
    counters.uninvitedEvicted = state.sessionsEvicted[SessionClass.uninvited];
    counters.settledEvicted = state.sessionsEvicted[SessionClass.settled];
    counters.sessionsDisplaced = state.retired.ended;
    counters.sessionsLost = state.sessionsLost;
    counters.portsGiven = state.portsGiven;
  }

  listSessions(from: number, limit: number, now: number): SessionSlice {
    const { state, prefixes } = this.#parts;
    const { sessions, next } = listSessions(state, from, limit, now);
    return { rows: sessions.map((session) => describeSession(session, prefixes)), next };
  }

  /** Migrates a slice. It ends early when a client would not hear that its connection is lost: there is no room for a reset. */
  #migrate(bytes: Uint8Array, now: number): void {
    const { state, ender, emitter } = this.#parts;
    let left = MAX_ENDED_SESSIONS;
    state.migrate(now, MIGRATED_RECORDS, (session) => {
      ender.endLostSession(bytes, session);
      return --left > 0 && emitter.canHoldOneMore();
    });
  }

  /** The client did not answer an inbound SYN in time: the sender gets an error (RFC 6146 §3.5.2.2). */
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
