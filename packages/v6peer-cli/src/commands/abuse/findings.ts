import { UsageError } from "@nat64/daemon-kit/command-line";
import type { Guess } from "../../address/guess.ts";
import type { Known } from "../../daemon/known.ts";
import type { AbuseReport } from "./report.ts";

/** The parts of a report that depend on the kind of address. */
export type Findings = Pick<AbuseReport, "subject" | "certainty"> &
  Partial<Pick<AbuseReport, "peers" | "blocks" | "under96">>;

/** An address of the host itself. */
export function concludeHost({ prefixes: [prefix = ""] }: Known): Findings {
  const because = ["it is an address of this host that clients do not use"];
  return { subject: { kind: "host", prefix }, certainty: { level: "certain", because } };
}

/**
 * An address that does not belong to this peer. Throws a `UsageError` if nothing is known about this peer.
 *
 * @param guess what the address would embed under a /96
 */
export function foreign(known: Known, guess?: Guess): Findings {
  const prefix = known.prefixes.find((each) => each.endsWith("/80")) ?? known.prefixes[0];
  if (prefix === undefined) {
    throw new UsageError("no IPv6 peer can have a NAT64 prefix with this address. Check that it is complete");
  }
  const because = ["it is in no prefix of this peer, and no exit or pool has it"];
  return {
    subject: { kind: "foreign", prefix },
    certainty: { level: "certain", because },
    ...(guess !== undefined && { under96: guess }),
  };
}
