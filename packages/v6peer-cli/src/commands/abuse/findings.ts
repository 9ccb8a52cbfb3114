import { UsageError } from "../../exit.ts";
import type { Known } from "./known.ts";
import type { AbuseReport } from "./report.ts";

/** What differs between reports by the kind of address. */
export type Findings = Pick<AbuseReport, "subject" | "certainty"> & Partial<Pick<AbuseReport, "peers" | "blocks">>;

/** An address of the host itself. */
export function concludeHost({ prefixes: [prefix = ""] }: Known): Findings {
  const because = ["it is an address of this host, and no client's packets leave from it"];
  return { subject: { kind: "host", prefix }, certainty: { level: "certain", because } };
}

/** An address that is none of this peer's. Throws a `UsageError` where nobody knows what this peer has. */
export function foreign(known: Known): Findings {
  const prefix = known.prefixes.find((each) => each.endsWith("/80")) ?? known.prefixes[0];
  if (prefix === undefined) {
    throw new UsageError("no NAT64 prefix of an IPv6 peer can begin like this address: is it copied as a whole?");
  }
  const because = ["it lies in no prefix of this peer, and no exit or pool has it"];
  return { subject: { kind: "foreign", prefix }, certainty: { level: "certain", because } };
}
