/** All that `v6peer abuse` can say of a complaint. */
import type { ClientMatch, TimeWindow } from "@nat64/daemon-kit/audit-log";
import type { ComplaintFacts, ComplaintSubject, Letter, LetterLanguage } from "@nat64/daemon-kit/complaints";
import type { Guess } from "../../address/guess.ts";
import type { Known } from "../../daemon/known.ts";

/** How much can be relied on what is said of who it was. */
export interface Certainty {
  /**
   * `certain`: nothing is known that speaks against it. `likely`: it rests on something that is usually so. `unclear`: there
   * are several that it may have been. `unknown`: nobody here can tell.
   */
  readonly level: "certain" | "likely" | "unclear" | "unknown";
  /** What it rests on, in sentences. */
  readonly because: readonly string[];
}

/** An IPv4 peer that may have to do with it. */
export interface InvolvedPeer {
  /** Peer id. */
  readonly peer: string;
  /** Four hexadecimal digits. */
  readonly selector: string;
  readonly teredo?: string;
  /** What the Teredo address holds (RFC 4380 §4). */
  readonly mapped?: { readonly address: string; readonly port: number };
  readonly ports?: readonly [number, number];
  /** Whether the log has it for the time of the complaint; otherwise it is so now. */
  readonly source: "log" | "now";
  /** ISO 8601, of the log; `until` is missing for what goes on. */
  readonly from?: string;
  readonly until?: string;
}

/** A block of ports that somebody had. */
export interface InvolvedBlock {
  readonly exit: number;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly ports: readonly [number, number];
  readonly from: string;
  readonly until?: string;
  /** As the log has it. */
  readonly client?: string;
  /** Compared with the network that was asked for. */
  readonly match?: ClientMatch;
}

/** Everything. */
export interface AbuseReport extends ComplaintFacts {
  readonly address: string;
  readonly family: 4 | 6;
  readonly window?: { readonly from: string; readonly to: string };
  readonly subject: ComplaintSubject;
  /** For an IPv6 address of somebody else: what it would embed if it were in a NAT64 prefix of length 96. */
  readonly under96?: Guess;
  /** Where the prefix is known from. */
  readonly source: Known["source"];
  readonly certainty: Certainty;
  readonly peers: readonly InvolvedPeer[];
  readonly blocks: readonly InvolvedBlock[];
  /** What the audit log could say, in a sentence; missing when it was not asked. */
  readonly log?: string;
  /** What to think of before the letter goes out. */
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
