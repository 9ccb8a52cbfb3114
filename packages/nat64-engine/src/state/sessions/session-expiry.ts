import { Lifetime, type LifetimeTable } from "../timers/session-lifetimes.ts";
import { TICK_MS, type TimerWheel } from "../timers/timer-wheel.ts";
import type { SessionLifecycle } from "./session-lifecycle.ts";
import type { SessionTable } from "./session-table.ts";
import { isEstablished } from "./tcp-state.ts";

/** Probes, and unanswered SYNs, of one call of {@link SessionExpiry.advance} at most. */
const MAX_EVENTS = 256;

/** What {@link SessionExpiry} works with. */
export interface SessionExpiryParts {
  readonly sessions: SessionTable;
  readonly wheel: TimerWheel;
  readonly lifetimes: LifetimeTable;
  readonly life: SessionLifecycle;
}

/** What happens when the lifetime of a session is over (RFC 6146 §3.5.2.2, §3.5.3). */
export class SessionExpiry {
  /**
   * After {@link advance}: established TCP sessions that fell silent. The client of each gets a probe; an answer brings
   * the session back from TRANS (RFC 6146 §3.5.2.2).
   */
  readonly probes: Int32Array = new Int32Array(MAX_EVENTS);
  probeCount = 0;
  /**
   * After {@link advance}: inbound SYNs that nobody answered, as packets of the store of held packets. The sender of each
   * gets ICMP Port Unreachable (RFC 6146 §3.5.2.2). The next call of {@link advance} frees them.
   */
  readonly unansweredSyns: Int32Array = new Int32Array(MAX_EVENTS);
  unansweredSynCount = 0;
  /** Sessions that expired since start. */
  expired = 0;
  readonly #parts: SessionExpiryParts;

  constructor(parts: SessionExpiryParts) {
    this.#parts = parts;
  }

  /**
   * Whether the lifetime of a session is over, though {@link advance} has not come to it yet. An established one that fell silent
   * stays for the time of TRANS, as if it had been probed.
   */
  isOver(session: number, time: number): boolean {
    const { sessions, lifetimes } = this.#parts;
    const late = (time - sessions.expiry(session)) | 0;
    if (late < 0) return false;
    if (!isEstablished(sessions.state(session))) return true;
    return late >= lifetimes.byTransition[Lifetime.transitory];
  }

  /** Ends a session that {@link isOver}: without a probe, and without an answer to a SYN that it holds. */
  endOver(session: number): void {
    this.#parts.life.end(session);
    this.expired++;
  }

  /**
   * Ends all sessions that are over after a pause so long that their times may have wrapped.
   *
   * @param noted when {@link advance} was called last: all times of the records are within 2^31 ms of it
   * @param pauseMs milliseconds from then to `time`
   */
  endOverAfterPause(noted: number, pauseMs: number, time: number): void {
    const { sessions, wheel } = this.#parts;
    for (let session = 0; session < sessions.capacity; session++) {
      const isLive = sessions.binding(session) >= 0;
      if (isLive && ((sessions.expiry(session) - noted) | 0) <= pauseMs) this.endOver(session);
    }
    wheel.resume(time);
  }

  /**
   * Ends sessions whose time has come; fills {@link probes} and {@link unansweredSyns}.
   *
   * @param time milliseconds, int32 that wraps
   * @param budget how many sessions may be looked at in this call, refreshed ones included
   * @returns milliseconds until the next call: 0 when the budget did not suffice, Infinity when there are no sessions
   */
  advance(time: number, budget: number): number {
    const { sessions, wheel, life } = this.#parts;
    for (let i = 0; i < this.unansweredSynCount; i++) life.held.release(this.unansweredSyns[i]);
    this.unansweredSynCount = 0;
    this.probeCount = 0;
    for (let left = budget; left > 0; left -= wheel.touched) {
      if (this.probeCount === MAX_EVENTS || this.unansweredSynCount === MAX_EVENTS) return 0;
      const session = wheel.next(time, left);
      if (session === -2) return 0;
      if (session < 0) return sessions.count === 0 ? Number.POSITIVE_INFINITY : TICK_MS - (time & (TICK_MS - 1));
      if (isEstablished(sessions.state(session))) {
        life.fallSilent(session, time);
        wheel.add(session);
        this.probes[this.probeCount++] = session;
      } else {
        const syn = sessions.heldSyn(session);
        if (syn >= 0) this.unansweredSyns[this.unansweredSynCount++] = syn;
        life.endExpired(session);
        this.expired++;
      }
    }
    return 0;
  }
}
