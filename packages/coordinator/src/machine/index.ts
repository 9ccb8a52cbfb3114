/** The coordinator without I/O. */
export { Coordinator } from "./coordinator.ts";
export type { BubbleFate, CloseReason, Counters, LossReason, ProposalFate } from "./counters.ts";
export { DEFAULT_LIMITS, type Limits, TIMES } from "./limits/limits.ts";
export type { CoordinatorOptions } from "./options.ts";
export type { CloseConnection, LogEvent, Output, SendDatagram, SendMessage, SendProof } from "./outputs.ts";
export type { EnrolmentMode, EnrolmentOptions } from "./peers/enrolment.ts";
export type { PrefixPage } from "./prefixes/shared-prefixes.ts";
export type { Status } from "./status.ts";
