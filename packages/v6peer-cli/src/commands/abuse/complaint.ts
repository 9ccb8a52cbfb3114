import type { TimeWindow } from "@nat64/daemon-kit/audit-log";
import type { ComplaintProtocol } from "@nat64/daemon-kit/complaints";
import type { ComplaintAddress } from "./read-address.ts";

/** A complaint as the command line has it. */
export interface Complaint extends ComplaintAddress {
  readonly protocol?: ComplaintProtocol;
  /** When it was, and how far clocks may be apart. */
  readonly window?: TimeWindow;
  /** ISO 8601, for the letter. */
  readonly time?: string;
  /** A /64 to compare with what the log says. */
  readonly client?: string;
}
