import { TcpFlag } from "../packet/packet.ts";

/**
 * The TCP state machine of RFC 6146 §3.5.2.2 as a table: for each state and event the next state and what becomes of
 * the lifetime. State numbers are those of a session; `none` is the one of UDP and ICMP sessions.
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
} as const;

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
];

/** Events: what kind of segment came from which side; the side is added to the kind. */
export const TcpEvent = { syn: 0, fin: 1, rst: 2, other: 3, fromIPv6: 0, fromIPv4: 4 } as const;

/** What a transition does to the lifetime. */
export const Lifetime = { keep: 0, established: 1, transitory: 2 } as const;

/** The kind of a segment: a RST outweighs a SYN, and that a FIN. */
export function tcpKind(flags: number): number {
  if ((flags & TcpFlag.rst) !== 0) return TcpEvent.rst;
  if ((flags & TcpFlag.syn) !== 0) return TcpEvent.syn;
  return (flags & TcpFlag.fin) !== 0 ? TcpEvent.fin : TcpEvent.other;
}

const { closed, v4Init, v6Init, established, v4FinReceived, v6FinReceived, bothFinReceived, transitory } = SessionState;
const KEEP = Lifetime.keep;
const EST = Lifetime.established;
const TRANS = Lifetime.transitory;

type Cell = readonly [state: number, lifetime: number];
const stay = (state: number, lifetime: number = KEEP): Cell => [state, lifetime];

/** A row for each state, in it the events v6 SYN, FIN, RST, other; v4 SYN, FIN, RST, other. */
const rows: readonly (readonly Cell[])[] = [
  // none: UDP and ICMP never come here
  Array.from({ length: 8 }, () => stay(0)),
  // CLOSED: SYNs make sessions
  [
    [v6Init, TRANS],
    stay(closed),
    stay(closed),
    stay(closed),
    [v4Init, TRANS],
    stay(closed),
    stay(closed),
    stay(closed),
  ],
  // V4 INIT: a V6 SYN completes it
  [
    [established, EST],
    stay(v4Init),
    stay(v4Init),
    stay(v4Init),
    stay(v4Init),
    stay(v4Init),
    stay(v4Init),
    stay(v4Init),
  ],
  // V6 INIT: a V4 SYN, with or without ACK, completes it; a repeated V6 SYN renews the lifetime
  [
    [v6Init, TRANS],
    stay(v6Init),
    stay(v6Init),
    stay(v6Init),
    [established, EST],
    stay(v6Init),
    stay(v6Init),
    stay(v6Init),
  ],
  // ESTABLISHED
  [
    stay(established, EST),
    [v6FinReceived, EST],
    [transitory, TRANS],
    stay(established, EST),
    stay(established, EST),
    [v4FinReceived, EST],
    [transitory, TRANS],
    stay(established, EST),
  ],
  // V4 FIN RCV: waits for the FIN of the IPv6 side
  [stay(v4FinReceived, EST), [bothFinReceived, TRANS], ...Array.from({ length: 6 }, () => stay(v4FinReceived, EST))],
  // V6 FIN RCV: waits for the FIN of the IPv4 side
  [
    ...Array.from({ length: 5 }, () => stay(v6FinReceived, EST)),
    [bothFinReceived, TRANS],
    ...Array.from({ length: 2 }, () => stay(v6FinReceived, EST)),
  ],
  // V4 FIN + V6 FIN RCV: the last packets pass, the lifetime runs out
  Array.from({ length: 8 }, () => stay(bothFinReceived)),
  // TRANS: anything but a RST shows that the connection lives
  [
    [established, EST],
    [established, EST],
    stay(transitory),
    [established, EST],
    [established, EST],
    [established, EST],
    stay(transitory),
    [established, EST],
  ],
];

/** `next state | lifetime << 4`, at `state << 3 | event`. */
export const TCP_TRANSITIONS: Uint8Array = Uint8Array.from(rows.flat(), ([state, lifetime]) => state | (lifetime << 4));
