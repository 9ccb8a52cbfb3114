import { isClosed, SessionState } from "./tcp-state.ts";

/**
 * What a session is when room is needed. Each class has its own list, and its turn to give way: see `SessionReclaimer`.
 *
 * A session is settled only when the side that opened it has spoken again after the answer of the other one: servers answer
 * any SYN and any question, also those whose source nobody has.
 */
export const SessionClass = {
  settled: 0,
  /** The client opened it, and has not spoken again after an answer. */
  unconfirmed: 1,
  /** An IPv4 endpoint opened it, and has not spoken again after an answer. It does not count for the client. */
  uninvited: 2,
  /** A TCP connection that is over. It does not count either. */
  closed: 3,
} as const;

const CLASSES: Uint8Array = new Uint8Array(32).fill(SessionClass.settled);
const { v6Init, v6Answered, unanswered, answered, v4Init, v4Accepted, uninvited, accepted } = SessionState;
for (const state of [v6Init, v6Answered, unanswered, answered]) CLASSES[state] = SessionClass.unconfirmed;
for (const state of [v4Init, v4Accepted, uninvited, accepted]) CLASSES[state] = SessionClass.uninvited;
for (let state = 0; state < CLASSES.length; state++) if (isClosed(state)) CLASSES[state] = SessionClass.closed;

/** The {@link SessionClass} of a session, by its `SessionState`. */
export function sessionClass(state: number): number {
  return CLASSES[state];
}

/** Whether sessions of a class count for their client. */
export function countsForClient(kind: number): boolean {
  return kind <= SessionClass.unconfirmed;
}
