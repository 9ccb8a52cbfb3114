import type { TimeWindow } from "@nat64/daemon-kit/audit-log";
import type { ComplaintProtocol, LetterLanguage } from "@nat64/daemon-kit/complaints";

/** When it happened. */
export interface ComplaintTime {
  /** ISO 8601. */
  readonly at: string;
  /** Around it, as far as the clocks may differ. */
  readonly window: TimeWindow;
  /** What had to be assumed to read it, in sentences. */
  readonly assumed: readonly string[];
}

/** What the complainant reports. */
export interface Complaint {
  /** The source port. */
  readonly port: number;
  readonly protocol?: ComplaintProtocol;
  readonly time: ComplaintTime;
  /** Language of the answer. */
  readonly language: LetterLanguage;
}

/** A pair that had the port. */
export interface Suspect {
  readonly prefix: string;
  readonly peer: string;
  readonly pair: string;
  /** Four hexadecimal digits. */
  readonly selector: string;
  readonly ports: readonly [first: number, last: number];
  readonly teredo?: string;
  readonly mapped?: string;
  readonly behindNat: boolean;
  /** Whether it had the port for all of the time in question. */
  readonly isThroughout: boolean;
  /** Where this is from: the audit log, or the pairs of now. */
  readonly source: "log" | "now";
}
