/** The coordinator without I/O. */
export { Coordinator } from "./coordinator.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits/limits.ts";
export { TIMES } from "./limits/times.ts";
export type { CoordinatorOptions } from "./options.ts";
export type { CloseConnection, LogEvent, Output, SendDatagram, SendMessage, SendProof } from "./outputs.ts";
export type { PeerReport } from "./reports/peer-list.ts";
export type { PrefixPage } from "./reports/shared-prefixes.ts";
export type { StateCounts } from "./reports/state-counts.ts";
export type { BubbleFate, CloseReason, Counters, LossReason, ProposalFate } from "./state/counters.ts";
export type { EnrolmentMode, EnrolmentOptions } from "./state/enrolment.ts";
