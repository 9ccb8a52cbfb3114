import { TcpFlag } from "../../packet/packet.ts";
import { Lifetime } from "../timers/session-lifetimes.ts";

/**
 * The TCP state machine of RFC 6146 §3.5.2.2 as a table: for each state and event, the next state and the new lifetime. State
 * numbers are those of sessions; UDP and ICMP sessions have `none`.
 *
 * Four states of the RFC exist twice: with and without a RST as the last segment of the connection. {@link isClosed} uses this to
 * tell which sessions can be reclaimed. ESTABLISHED exists three times: before the side that sent the first SYN has sent anything
 * but SYNs, the connection may be that of an invented address. See `session-classes.ts`.
 */
export const SessionState = {
  /** UDP and ICMP: there are no states. */
  none: 0,
  /** TCP without a session. */
  closed: 1,
  v4Init: 2,
  v6Init: 3,
  established: 4,
  v4FinReceived: 5,
  v6FinReceived: 6,
  bothFinReceived: 7,
  transitory: 8,
  /** V6 INIT, and the IPv4 side sent a RST. */
  v6InitReset: 9,
  v4FinReset: 10,
  v6FinReset: 11,
  /** TRANS after a RST; {@link transitory} is TRANS after a long silence. */
  reset: 12,
  /** UDP and ICMP: the client has sent, and nothing has come back. */
  unanswered: 13,
  /** UDP and ICMP: an IPv4 endpoint has sent, and the client has not yet. */
  uninvited: 14,
  /** UDP and ICMP: the client has sent and got an answer, and has not sent since. */
  answered: 15,
  /** UDP and ICMP: an IPv4 endpoint has sent and got an answer, and has not sent since. */
  accepted: 16,
  /** ESTABLISHED with the SYNs of both sides, the client's first, and without its next segment. */
  v6Answered: 17,
  /** ESTABLISHED with the SYNs of both sides, that of the IPv4 side first, and without its next segment. */
  v4Accepted: 18,
} as const;

/** Whether a state is one of TCP sessions. */
export function isTcpState(state: number): boolean {
  const { v4Init, reset, v6Answered, v4Accepted } = SessionState;
  return (state >= v4Init && state <= reset) || state === v6Answered || state === v4Accepted;
}

/** Names of the states as RFC 6146 §3.5.2.2 writes them, by number. */
export const SESSION_STATE_NAMES: readonly string[] = [
  "",
  "CLOSED",
  "V4 INIT",
  "V6 INIT",
  "ESTABLISHED",
  "V4 FIN RCV",
  "V6 FIN RCV",
  "V4 FIN + V6 FIN RCV",
  "TRANS",
  "V6 INIT",
  "V4 FIN RCV",
  "V6 FIN RCV",
  "TRANS",
  "",
  "",
  "",
  "",
  "ESTABLISHED",
  "ESTABLISHED",
];

/** Events: the kind of segment plus the side that sent it. */
export const TcpEvent = { syn: 0, fin: 1, rst: 2, other: 3, fromIPv6: 0, fromIPv4: 4 } as const;

/** The kind of a segment. RST takes precedence over SYN, and SYN over FIN. */
export function tcpKind(flags: number): number {
  if ((flags & TcpFlag.rst) !== 0) return TcpEvent.rst;
  if ((flags & TcpFlag.syn) !== 0) return TcpEvent.syn;
  return (flags & TcpFlag.fin) !== 0 ? TcpEvent.fin : TcpEvent.other;
}

const { closed, v6Answered, v4Accepted, v4Init, v6Init, established, v4FinReceived, v6FinReceived, bothFinReceived } =
  SessionState;
const { v6InitReset, v4FinReset, v6FinReset, reset } = SessionState;

const CLOSED_STATES =
  (1 << bothFinReceived) | (1 << v6InitReset) | (1 << v4FinReset) | (1 << v6FinReset) | (1 << reset);

/**
 * Whether the connection is closed: both FINs passed, or a RST and no segment after it. The session still exists until its
 * lifetime ends.
 */
export function isClosed(state: number): boolean {
  return ((CLOSED_STATES >> state) & 1) !== 0;
}

/** Whether the client has sent, and the IPv4 side has not answered. */
export function isUnanswered(state: number): boolean {
  return state === v6Init || state === SessionState.unanswered;
}

/** Whether the state is ESTABLISHED of RFC 6146. */
export function isEstablished(state: number): boolean {
  return state === established || state === SessionState.v6Answered || state === SessionState.v4Accepted;
}

/** The lifetime that a session got when it closed, or when its last SYN passed. */
export function lifetimeOfClosed(state: number): number {
  return state === v4FinReset || state === v6FinReset ? Lifetime.established : Lifetime.transitory;
}

/** Where the lifetime is in a cell of {@link TCP_TRANSITIONS}; the state is below. */
export const LIFETIME_SHIFT = 5;
/** The state of a cell of {@link TCP_TRANSITIONS}. */
export const STATE_MASK: number = (1 << LIFETIME_SHIFT) - 1;

const KEEP = Lifetime.keep;
const EST = Lifetime.established;
const TRANS = Lifetime.transitory;

type Cell = readonly [state: number, lifetime: number];
const cell = (state: number, lifetime: number = KEEP): Cell => [state, lifetime];

/** A row for each state, with the events v6 SYN, FIN, RST, other; v4 SYN, FIN, RST, other. */
const rows: readonly (readonly Cell[])[] = [
  // none: not used for UDP and ICMP
  Array.from({ length: 8 }, () => cell(0)),
  // CLOSED: SYNs make sessions
  [
    [v6Init, TRANS],
    cell(closed),
    cell(closed),
    cell(closed),
    [v4Init, TRANS],
    cell(closed),
    cell(closed),
    cell(closed),
  ],
  // V4 INIT: a V6 SYN completes it
  [[v4Accepted, EST], ...Array.from({ length: 7 }, () => cell(v4Init))],
  initiated(v6Init),
  open(established),
  halfClosed(v4FinReceived, v4FinReset, TcpEvent.fromIPv6),
  halfClosed(v6FinReceived, v6FinReset, TcpEvent.fromIPv4),
  // V4 FIN + V6 FIN RCV: the last packets pass until the lifetime ends. A SYN opens a new connection (RFC 1122 §4.2.2.13).
  [
    [v6Init, TRANS],
    ...Array.from({ length: 3 }, () => cell(bothFinReceived)),
    [v4Init, TRANS],
    ...Array.from({ length: 3 }, () => cell(bothFinReceived)),
  ],
  silent(),
  initiated(v6InitReset),
  halfClosed(v4FinReceived, v4FinReset, TcpEvent.fromIPv6),
  halfClosed(v6FinReceived, v6FinReset, TcpEvent.fromIPv4),
  silent(),
  // unanswered, uninvited, answered, accepted: not those of TCP
  ...Array.from({ length: 4 }, () => Array.from({ length: 8 }, () => cell(0))),
  open(v6Answered, TcpEvent.fromIPv6),
  open(v4Accepted, TcpEvent.fromIPv4),
];

/** V6 INIT: a V4 SYN, with or without ACK, completes it; a repeated V6 SYN renews the lifetime. */
function initiated(state: number): readonly Cell[] {
  return [
    [v6Init, TRANS],
    cell(state),
    cell(state),
    cell(state),
    [v6Answered, EST],
    cell(state),
    cell(v6InitReset),
    cell(state),
  ];
}

/** ESTABLISHED. @param opener the side whose next segment confirms it, if there is one */
function open(state: number, opener?: number): readonly Cell[] {
  const row: Cell[] = Array.from({ length: 8 }, () => cell(state, EST));
  row[TcpEvent.fin | TcpEvent.fromIPv6] = [v6FinReceived, EST];
  row[TcpEvent.fin | TcpEvent.fromIPv4] = [v4FinReceived, EST];
  row[TcpEvent.rst | TcpEvent.fromIPv6] = row[TcpEvent.rst | TcpEvent.fromIPv4] = [reset, TRANS];
  if (opener !== undefined) row[TcpEvent.other | opener] = [established, EST];
  return row;
}

/** V4 FIN RCV and V6 FIN RCV: wait for the FIN of the other side. */
function halfClosed(state: number, afterReset: number, otherSide: number): readonly Cell[] {
  const row: Cell[] = Array.from({ length: 8 }, () => cell(state, EST));
  row[TcpEvent.rst | TcpEvent.fromIPv6] = row[TcpEvent.rst | TcpEvent.fromIPv4] = [afterReset, EST];
  row[TcpEvent.fin | otherSide] = [bothFinReceived, TRANS];
  return row;
}

/** TRANS: any segment but a RST shows that the connection is alive. */
function silent(): readonly Cell[] {
  const row: Cell[] = Array.from({ length: 8 }, () => cell(established, EST));
  row[TcpEvent.rst | TcpEvent.fromIPv6] = row[TcpEvent.rst | TcpEvent.fromIPv4] = cell(reset);
  return row;
}

/** `next state | lifetime << LIFETIME_SHIFT`, at `state << 3 | event`. */
export const TCP_TRANSITIONS: Uint8Array = Uint8Array.from(
  rows.flat(),
  ([state, lifetime]) => state | (lifetime << LIFETIME_SHIFT),
);
