/** The report of `v6peer abuse` about a complaint. */
import type { ClientMatch, TimeWindow } from "@nat64/daemon-kit/audit-log";
import type { ComplaintFacts, ComplaintSubject, Letter, LetterLanguage } from "@nat64/daemon-kit/complaints";
import type { Guess } from "../../address/guess.ts";
import type { Known } from "../../daemon/known.ts";

/** How certain the conclusion is. */
export interface Certainty {
  /**
   * `certain`: nothing contradicts it. `likely`: it relies on an assumption that is usually true. `unclear`: there are
   * several possibilities. `unknown`: there is no evidence.
   */
  readonly level: "certain" | "likely" | "unclear" | "unknown";
  /** The reasons, in sentences. */
  readonly because: readonly string[];
}

/** An IPv4 peer that may be involved. */
export interface InvolvedPeer {
  /** Peer id. */
  readonly peer: string;
  /** Four hexadecimal digits. */
  readonly selector: string;
  readonly teredo?: string;
  /** The address and port in the Teredo address (RFC 4380 §4). */
  readonly mapped?: { readonly address: string; readonly port: number };
  readonly ports?: readonly [number, number];
  /** `log`: according to the log at the time of the complaint; `now`: according to the daemon now. */
  readonly source: "log" | "now";
  /** ISO 8601, from the log; `until` is missing if the pair still existed at the end of the log. */
  readonly from?: string;
  readonly until?: string;
}

/** A block of ports that a client had. */
export interface InvolvedBlock {
  readonly exit: number;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly ports: readonly [number, number];
  readonly from: string;
  readonly until?: string;
  /** The client, as in the log. */
  readonly client?: string;
  /** Result of the comparison with the given network. */
  readonly match?: ClientMatch;
}

/** The report. */
export interface AbuseReport extends ComplaintFacts {
  readonly address: string;
  readonly family: 4 | 6;
  readonly window?: { readonly from: string; readonly to: string };
  readonly subject: ComplaintSubject;
  /** For a foreign IPv6 address: the IPv4 address that it would embed in a NAT64 prefix of length 96. */
  readonly under96?: Guess;
  /** The source of the prefix. */
  readonly source: Known["source"];
  readonly certainty: Certainty;
  readonly peers: readonly InvolvedPeer[];
  readonly blocks: readonly InvolvedBlock[];
  /** What the audit log covers, in a sentence; missing if it was not searched. */
  readonly log?: string;
  /** Points to check before the letter is sent. */
  readonly warnings: readonly string[];
}

/** A report with its letter, as `--json` prints it. */
export interface AnsweredReport extends AbuseReport {
  readonly letter: Letter & { readonly language: LetterLanguage };
}

/** The window of a report, for people. */
export function describeWindow({ from, to }: TimeWindow): { readonly from: string; readonly to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
