import type { DataKindName } from "./data-class.ts";

/** How the new flows of one protocol do. Pinned flows do not count. */
export interface FlowShares {
  /** Flows of the last half minute, and those of them that were answered. */
  readonly opened: number;
  readonly answered: number;
  /** Groups of client networks with flows in the last seconds, 64 at most, and those of them without an answer. */
  readonly clients: number;
  readonly silent: number;
}

/** Whether data comes back through an exit. */
export interface ExitData {
  /** What is lost; while this is not empty, new clients use other exits if they can. */
  readonly lost: readonly DataKindName[];
  /** Milliseconds until a few new flows try the exit again; 0 while they do. Absent while nothing is lost. */
  readonly nextTrialInMs?: number;
  readonly tcp: FlowShares;
  readonly udp: FlowShares;
  /** Groups of destination networks that answer through another exit only. */
  readonly destinationsLost: number;
}
