import type { AuditAnswer } from "@nat64/daemon-kit/audit-log";
import type { Suspect } from "./complaint.ts";

/** How certain the answer is, and why, in a clause. */
export interface Certainty {
  readonly level: "certain" | "likely" | "unclear" | "unknown";
  readonly because: string;
}

/** Judges what was found. @param answer of the audit log, if there is one */
export function judge(suspects: readonly Suspect[], answer: AuditAnswer | undefined): Certainty {
  const [first] = suspects;
  if (first === undefined) {
    return answer?.isCovered && answer.missing === 0
      ? { level: "certain", because: "the port was in no pair's block, so no IPv6 peer used it" }
      : { level: "unknown", because: "no record says who had the port then" };
  }
  if (new Set(suspects.map(({ peer }) => peer)).size > 1) {
    return { level: "unclear", because: "the block passed from one IPv6 peer to another within the time given" };
  }
  if (first.source === "now") {
    return { level: "likely", because: "the block belongs to this pair now, and the log does not say since when" };
  }
  if (!first.isThroughout) return { level: "likely", because: "the pair had the block for part of the time given" };
  if (first.behindNat) {
    return { level: "likely", because: "the pair had the block, if the router in front of this host kept the port" };
  }
  return {
    level: "certain",
    because: "the pair had the block for all of the time given, and this host is not behind a NAT",
  };
}
