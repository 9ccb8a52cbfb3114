/**
 * How long sessions live. To add a lifetime: its field here, its value in `assemble/create-state.ts`, whether a new
 * configuration shortens it in `nat64-state.ts`, and where it applies in `sessions/session-lifecycle.ts`.
 */

/** Lifetimes of sessions in milliseconds, at most 2^30 each, with the names of RFC 6146 §4. */
export interface SessionLifetimes {
  readonly udpMs: number;
  readonly tcpEstablishedMs: number;
  readonly tcpTransitoryMs: number;
  readonly tcpIncomingSynMs: number;
  readonly icmpMs: number;
}

/** What a transition of the TCP state machine does to the lifetime of its session. */
export const Lifetime = { keep: 0, established: 1, transitory: 2 } as const;

/** Lifetimes as the packet path reads them. All users of a table see {@link set}. */
export class LifetimeTable {
  /** Milliseconds of a UDP or ICMP session, by `ProtocolIndex`; TCP has {@link byTransition}. */
  readonly byProtocol: Int32Array = new Int32Array(3);
  /** Milliseconds of a TCP session, by {@link Lifetime}. */
  readonly byTransition: Int32Array = new Int32Array(3);
  /** Milliseconds that an inbound SYN waits for the client's own (RFC 6146 §3.5.2.2). */
  incomingSynMs = 0;

  /** Other lifetimes from now on. Sessions that have one keep it. */
  set({ udpMs, icmpMs, tcpEstablishedMs, tcpTransitoryMs, tcpIncomingSynMs }: SessionLifetimes): void {
    this.byProtocol.set([0, udpMs, icmpMs]);
    this.byTransition.set([0, tcpEstablishedMs, tcpTransitoryMs]);
    this.incomingSynMs = tcpIncomingSynMs;
  }
}
