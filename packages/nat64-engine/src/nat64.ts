import type { PacketBatch } from "./batch.ts";
import type { ReasonCode } from "./drop-reasons.ts";
import type { SessionSlice } from "./session-record.ts";

/** The batch door of the engine: for daemons. People who embed it want `createNat64` of `simple.ts`. */
export interface Nat64Engine {
  /**
   * Translates packets of `input` from slot `from` on and puts what is to be sent into `output`, which shares
   * `input.bytes` and whose slots are overwritten from 0 (`output.count` is set).
   *
   * Stops early when `output` might not hold what the next packet becomes: the caller sends `output` and calls
   * again with the returned slot as `from`.
   *
   * @param now milliseconds on any clock that never goes back
   * @returns the first slot that was not yet processed; `input.count` when all are done
   */
  process(input: PacketBatch, from: number, output: PacketBatch, now: number): number;

  /**
   * Lets timers act: sessions expire, held packets are answered. Puts packets to send into `output` as `process` does.
   *
   * @returns milliseconds until it has to be called again
   */
  advance(output: PacketBatch, now: number): number;

  /** Counts since start. */
  readonly counters: Counters;

  /**
   * Looks at up to `limit` records of the session table from record `from` on (start with 0), fewer when it finds many
   * sessions: a slice at a time, so that packets never wait long. Allocates; not for the packet path.
   */
  listSessions(from: number, limit: number, now: number): SessionSlice;
}

/** Counts since start; plain numbers, exact up to 2^53. A super-packet counts as one packet. */
export interface Counters {
  packetsFromIPv6: number;
  packetsFromIPv4: number;
  bytesFromIPv6: number;
  bytesFromIPv4: number;
  /** Packets handed out for each family, errors of our own among them. */
  packetsToIPv6: number;
  packetsToIPv4: number;
  bytesToIPv6: number;
  bytesToIPv4: number;
  /** ICMP errors of our own that were sent, and those that the rate limit held back. */
  icmpErrorsSent: number;
  icmpErrorsSuppressed: number;
  sessionsCreated: number;
  sessionsExpired: number;
  /** Closed TCP sessions that ended before their time, because something else needed their record or port. */
  sessionsReclaimed: number;
  /** Sessions that ended because a configuration that came later has no place for them. */
  sessionsLost: number;
  /** Now in use. */
  sessions: number;
  bindings: number;
  clients: number;
  /** Fragmented packets that are followed, and packets (fragments, inbound SYNs) that wait. */
  fragmentedPackets: number;
  heldPackets: number;
  /** Drops by reason, one number for each of the codes. */
  readonly drops: Float64Array;
  /** Drops by code, zeros left out. */
  dropsByReason(): Partial<Record<ReasonCode, number>>;
}
