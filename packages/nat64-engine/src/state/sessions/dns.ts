import type { BindingTable } from "../bib/binding-table.ts";
import { ProtocolIndex } from "../protocol-index.ts";
import type { SessionTable } from "./session-table.ts";
import { SessionState } from "./tcp-state.ts";

/** The port of DNS servers. */
const DNS_PORT = 53;

/**
 * A session of a DNS question lives this long after its answer: time for a second answer and for a client that asks again on
 * the same port. RFC 4787 REQ-5 a allows shorter timers for the applications of well-known ports.
 */
export const ANSWERED_DNS_MS = 10_000;

/** Whether the next packet of a session is a DNS question, or an answer to one. */
export function isDns(sessions: SessionTable, session: number, protocol: number): boolean {
  return protocol === ProtocolIndex.udp && sessions.remotePort(session) === DNS_PORT;
}

/** Whether a session lives for {@link ANSWERED_DNS_MS} only: that of a DNS question that was answered last. */
export function isAnsweredDns(sessions: SessionTable, bindings: BindingTable, session: number): boolean {
  const protocol = bindings.protocol(sessions.binding(session));
  return sessions.state(session) === SessionState.answered && isDns(sessions, session, protocol);
}
