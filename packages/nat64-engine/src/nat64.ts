import type { PacketBatch } from "./batch.ts";
import type { ReasonCode } from "./drop-reasons.ts";
import type { SessionSlice } from "./session-record.ts";

/** The batch interface of the engine, for daemons. To embed the engine, `createNat64` in `simple.ts` is easier. */
export interface Nat64Engine {
  /**
   * Translates the packets of `input` from slot `from` on, and puts the packets to send into `output`. `output` uses the same
   * bytes as `input`; its slots are overwritten from 0, and `output.count` is set.
   *
   * Stops early when `output` may be too small for the result of the next packet. Then the caller sends `output` and calls
   * again with the returned slot as `from`.
   *
   * @param now milliseconds on a monotonic clock
   * @returns the first slot that was not processed; `input.count` when all were
   */
  process(input: PacketBatch, from: number, output: PacketBatch, now: number): number;

  /**
   * Runs the timers: sessions expire, held packets are answered. Puts packets to send into `output` as `process` does.
   *
   * @returns milliseconds until the next call is due
   */
  advance(output: PacketBatch, now: number): number;

  /** Counters since the start. */
  readonly counters: Counters;

  /**
   * Lists the sessions in up to `limit` records of the session table, from record `from` on (start with 0). A slice ends
   * early when it has many sessions, so that packets never wait long. Allocates; not for the packet path.
   */
  listSessions(from: number, limit: number, now: number): SessionSlice;
}

/** Counters since the start; exact up to 2^53. A super-packet counts as one packet. */
export interface Counters {
  packetsFromIPv6: number;
  packetsFromIPv4: number;
  bytesFromIPv6: number;
  bytesFromIPv4: number;
  /** Packets sent to each family, including the engine's own ICMP errors. */
  packetsToIPv6: number;
  packetsToIPv4: number;
  bytesToIPv6: number;
  bytesToIPv4: number;
  /** The engine's own ICMP errors: sent, and suppressed by the rate limit. */
  icmpErrorsSent: number;
  icmpErrorsSuppressed: number;
  /** Resets of connections that are not in the table: sent to the client, and suppressed by the rate limit. */
  resetsSent: number;
  resetsSuppressed: number;
  sessionsCreated: number;
  sessionsExpired: number;
  /** Closed TCP sessions that ended early because their record or port was needed. */
  sessionsReclaimed: number;
  /** Open sessions that gave way to others: opened by the client and not confirmed, opened from IPv4, and of clients over their share. */
  unconfirmedEvicted: number;
  uninvitedEvicted: number;
  settledEvicted: number;
  /** Sessions of a mapping whose port went to another client, except the one that was used last: it counts as one of those above. */
  sessionsDisplaced: number;
  /** Ports that went from one client to another because the exit had none left. */
  portsGiven: number;
  /** Sessions that ended because a later configuration has no place for them. */
  sessionsLost: number;
  /** Sessions that ended because their exit was removed, or because an address was banned. */
  sessionsEnded: number;
  /** In use now. */
  sessions: number;
  /** Of these: both sides have spoken and the opener again; the others that clients opened; those opened from IPv4; closed TCP. */
  settledSessions: number;
  unconfirmedSessions: number;
  uninvitedSessions: number;
  closedSessions: number;
  bindings: number;
  clients: number;
  /** Fragmented packets that are tracked, and held packets (fragments, inbound SYNs). */
  fragmentedPackets: number;
  heldPackets: number;
  /** Drops by the number of the reason. */
  readonly drops: Float64Array;
  /** Drops by the code of the reason, without zeros. */
  dropsByReason(): Partial<Record<ReasonCode, number>>;
}
