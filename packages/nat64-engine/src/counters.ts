import { REASON_COUNT, Reason, type ReasonCode, reasonCode } from "./drop-reasons.ts";
import type { Counters } from "./nat64.ts";

/** The counters of an engine, all zero at first. */
export class EngineCounters implements Counters {
  packetsFromIPv6 = 0;
  packetsFromIPv4 = 0;
  bytesFromIPv6 = 0;
  bytesFromIPv4 = 0;
  packetsToIPv6 = 0;
  packetsToIPv4 = 0;
  bytesToIPv6 = 0;
  bytesToIPv4 = 0;
  icmpErrorsSent = 0;
  icmpErrorsSuppressed = 0;
  resetsSent = 0;
  resetsSuppressed = 0;
  sessionsCreated = 0;
  sessionsExpired = 0;
  sessionsReclaimed = 0;
  unconfirmedEvicted = 0;
  uninvitedEvicted = 0;
  settledEvicted = 0;
  sessionsDisplaced = 0;
  sessionsLost = 0;
  sessionsEnded = 0;
  portsGiven = 0;
  sessions = 0;
  settledSessions = 0;
  unconfirmedSessions = 0;
  uninvitedSessions = 0;
  closedSessions = 0;
  bindings = 0;
  clients = 0;
  fragmentedPackets = 0;
  heldPackets = 0;
  readonly drops: Float64Array = new Float64Array(REASON_COUNT);

  dropsByReason(): Partial<Record<ReasonCode, number>> {
    const result: Partial<Record<ReasonCode, number>> = {};
    for (let reason = Reason.none + 1; reason < REASON_COUNT; reason++) {
      if (this.drops[reason] > 0) result[reasonCode(reason)] = this.drops[reason];
    }
    return result;
  }
}
