/** Conclusions about IPv6 addresses. */
import type { ComplaintSubject } from "@nat64/daemon-kit/complaints";
import type { Known } from "../../daemon/known.ts";
import { certaintyOfPairs } from "./certainty.ts";
import type { Complaint } from "./complaint.ts";
import { type Evidence, ipv4PeerOf } from "./evidence.ts";
import { type Findings, foreign } from "./findings.ts";
import { hex, involvedPeers } from "./involved.ts";
import type { AddressKind } from "./judge.ts";
import type { Certainty } from "./report.ts";

/** `P:s:D` with a global `D`: its owner is responsible. The IPv4 peers that may have carried it are listed if known. */
export function concludeEmbedded(
  kind: Extract<AddressKind, { readonly kind: "embedded" | "never-translated" }>,
  meaning: Certainty,
  evidence: Evidence | undefined,
  known: Known,
): Findings {
  const { prefix, ipv4, isOwnPool } = kind;
  const peers = involvedPeers(evidence, known, kind.selector);
  return { subject: { kind: "embedded", prefix, ipv4, isOwnPool }, certainty: meaning, peers };
}

/** `P:e:D` with a private `D`: the IPv4 peer with the selector is responsible. */
export function concludePublished(
  kind: Extract<AddressKind, { readonly kind: "published" }>,
  evidence: Evidence | undefined,
  known: Known,
): Findings {
  const { prefix, ipv4, selector, block } = kind;
  const peers = involvedPeers(evidence, known, selector);
  const holding = evidence?.kind === "log" ? evidence.pairs[evidence.pairs.length - 1] : undefined;
  const now = known.exits.find((each) => hex(each.selector) === selector);
  const found = holding?.held ?? now;
  const exit = found && ipv4PeerOf(found, holding !== undefined);
  const subject: ComplaintSubject = { kind: "published", prefix, ipv4, block, selector, ...(exit && { exit }) };
  return { subject, certainty: certaintyOfPairs(evidence, now !== undefined), peers };
}

/** A Teredo address: of an exit, or foreign. */
export function concludeTeredo(
  { address }: Complaint,
  { mapped, mappedPort }: Extract<AddressKind, { readonly kind: "teredo" }>,
  evidence: Evidence | undefined,
  known: Known,
): Findings {
  const [prefix] = known.prefixes;
  const logged = evidence?.kind === "log" && evidence.pairs.length > 0;
  const now = known.exits.find((each) => each.teredo === address);
  if (prefix === undefined || (!logged && now === undefined)) return foreign(known);
  const peers = involvedPeers(evidence, known, now === undefined ? undefined : hex(now.selector));
  return {
    subject: { kind: "teredo", prefix, mapped, mappedPort },
    certainty: certaintyOfPairs(evidence, true),
    peers,
  };
}
