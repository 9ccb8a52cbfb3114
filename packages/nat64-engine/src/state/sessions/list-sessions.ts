import type { BindingTable } from "../bib/binding-table.ts";
import { PROTOCOL_NAMES } from "../protocol-index.ts";
import type { SessionTable } from "./session-table.ts";
import { SESSION_STATE_NAMES } from "./tcp-state.ts";

/** The part of a state that a listing reads. */
export interface ListedState {
  readonly sessions: SessionTable;
  readonly bindings: BindingTable;
  /** Milliseconds that a session has left. */
  remaining(session: number, now: number): number;
}

/** A session for a listing; addresses as words. Not made on the packet path. */
export interface SessionRecord {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** The client's IPv6 transport address: four words, port or ICMP identifier. */
  readonly client: readonly [number, number, number, number];
  readonly clientPort: number;
  /** The client's transport address on the IPv4 side. */
  readonly poolAddress: number;
  readonly poolPort: number;
  /** The IPv4 endpoint; port 0 for ICMP. */
  readonly remoteAddress: number;
  readonly remotePort: number;
  readonly via: number;
  readonly exit: number;
  /** State of TCP as RFC 6146 names it; empty for UDP and ICMP. */
  readonly state: string;
  /** Milliseconds until it expires. */
  readonly remaining: number;
  /** Whether the BIB entry is static. */
  readonly static: boolean;
}

/**
 * The maximum number of sessions in a slice: to format one takes ten microseconds, to look at a record a few nanoseconds.
 */
export const MAX_LISTED_SESSIONS = 64;

/** A slice of the sessions, and where the next one starts: −1 after the last slice. */
export interface SessionSlice {
  readonly sessions: readonly SessionRecord[];
  readonly next: number;
}

/**
 * Lists sessions in slices, so that a million sessions do not delay packets.
 *
 * @param from 0, or `next` of the previous slice
 * @param records how many records of the table to look at, including free ones; fewer when {@link MAX_LISTED_SESSIONS} are found
 */
export function listSessions(state: ListedState, from: number, records: number, now: number): SessionSlice {
  const { sessions, bindings } = state;
  const end = Math.min(from + records, sessions.capacity);
  const list: SessionRecord[] = [];
  let session = from;
  for (; session < end && list.length < MAX_LISTED_SESSIONS; session++) {
    const binding = sessions.binding(session);
    if (binding < 0) continue;
    list.push({
      protocol: PROTOCOL_NAMES[bindings.protocol(binding)],
      client: [0, 1, 2, 3].map((word) => bindings.clientWord(binding, word)) as [number, number, number, number],
      clientPort: bindings.clientPort(binding),
      poolAddress: bindings.poolAddress(binding),
      poolPort: bindings.poolPort(binding),
      remoteAddress: sessions.remoteAddress(session),
      remotePort: sessions.remotePort(session),
      via: sessions.via(session),
      exit: bindings.exit(binding),
      state: SESSION_STATE_NAMES[sessions.state(session)],
      remaining: state.remaining(session, now),
      static: bindings.isStatic(binding),
    });
  }
  return { sessions: list, next: session < sessions.capacity ? session : -1 };
}
