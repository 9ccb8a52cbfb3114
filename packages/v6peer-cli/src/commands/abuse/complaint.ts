import type { TimeWindow } from "@nat64/daemon-kit/audit-log";
import type { ComplaintProtocol } from "@nat64/daemon-kit/complaints";
import type { ComplaintAddress } from "./read-address.ts";

/** A complaint, as given on the command line. */
export interface Complaint extends ComplaintAddress {
  readonly protocol?: ComplaintProtocol;
  /** The time of the incident, and how far clocks may differ. */
  readonly window?: TimeWindow;
  /** ISO 8601, for the letter. */
  readonly time?: string;
  /** A /64 to compare with the log. */
  readonly client?: string;
}
