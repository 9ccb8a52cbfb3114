/** Combines the address, the daemon and the audit log into a report. */
import type { BlockRecord, PairRecord } from "@nat64/daemon-kit/audit-log";
import { classify } from "@nat64/rfc6052";
import type { Known } from "../../daemon/known.ts";
import type { Complaint } from "./complaint.ts";
import { concludeOtherIPv4, concludePool } from "./conclude-ipv4.ts";
import { concludeEmbedded, concludePublished, concludeTeredo } from "./conclude-ipv6.ts";
import { type Evidence, findEvidence, mappedOf } from "./evidence.ts";
import { concludeHost, type Findings, foreign } from "./findings.ts";
import { hex } from "./involved.ts";
import { type AddressKind, type Judgement, judge } from "./judge.ts";
import { type AbuseReport, type Certainty, describeWindow } from "./report.ts";

/** Investigates a complaint. Throws a `UsageError` if too little is known for any conclusion. */
export async function investigate(complaint: Complaint, known: Known): Promise<AbuseReport> {
  const judgement = judge(complaint, known);
  const evidence = await gather(complaint, judgement.kind, known);
  const { address, family, port, protocol, time, window } = complaint;
  const findings = conclude(complaint, judgement, evidence, known);
  return {
    address,
    family,
    ...(port !== undefined && { port }),
    ...(protocol !== undefined && { protocol }),
    ...(time !== undefined && { time }),
    ...(window !== undefined && { window: describeWindow(window) }),
    source: known.source,
    peers: [],
    blocks: [],
    ...(evidence !== undefined && { log: describeLog(evidence) }),
    warnings: warningsOf(judgement, evidence, known),
    ...findings,
  };
}

/** Searches the log if it can help; `undefined` without a log or a time. */
async function gather(complaint: Complaint, kind: AddressKind, known: Known): Promise<Evidence | undefined> {
  const { window, port, protocol, address } = complaint;
  if (window === undefined || known.auditLog === undefined) return undefined;
  const isPair = pairFilter(kind, address);
  const isBlock =
    kind.kind !== "pool"
      ? ({ exit }: { readonly exit: number }) => kind.kind === "other-ipv4" && exit > 0
      : (block: Omit<BlockRecord, "event">) =>
          block.exit === 0 && (kind.mode === "masquerade" || block.address === address);
  return findEvidence(known.auditLog, { window, isPair, isBlock, port, protocol });
}

function pairFilter(kind: AddressKind, address: string): (pair: PairRecord) => boolean {
  switch (kind.kind) {
    case "embedded":
    case "published": {
      const { selector } = kind;
      // Under the automatic selector any exit may have carried it.
      if (selector === undefined || selector === "0000") return () => true;
      return (pair) => hex(pair.selector) === selector;
    }
    case "teredo":
      return (pair) => pair.teredo === address;
    case "other-ipv4":
      return (pair) => pair.teredo !== undefined && mappedOf(pair.teredo)?.address === address;
    default:
      return () => false;
  }
}

function conclude(
  complaint: Complaint,
  { kind, isGuess }: Judgement,
  evidence: Evidence | undefined,
  known: Known,
): Findings {
  const meaning: Certainty = isGuess
    ? { level: "likely", because: ["the prefix of this peer is unknown here; it was guessed from the address"] }
    : { level: "certain", because: ["it is in a prefix of this peer, and RFC 6052 defines its meaning"] };
  switch (kind.kind) {
    case "embedded":
      return concludeEmbedded(kind, meaning, evidence, known);
    case "published":
      return concludePublished(kind, evidence, known);
    case "never-translated": {
      const { prefix, ipv4, block } = kind;
      return { subject: { kind: "never-translated", prefix, ipv4, block }, certainty: meaning };
    }
    case "translator":
    case "unused":
      return { subject: { kind: kind.kind, prefix: kind.prefix }, certainty: meaning };
    case "teredo":
      return concludeTeredo(complaint, kind, evidence, known);
    case "pool":
      return concludePool(complaint, kind.mode, evidence, known);
    case "other-ipv4":
      return concludeOtherIPv4(complaint, evidence, known);
    case "host":
      return concludeHost(known);
    case "foreign":
      return foreign(known, kind.guess);
  }
}

function describeLog(evidence: Evidence): string {
  if (evidence.kind === "none") return `could not be searched: ${evidence.why}`;
  const gaps = evidence.missing === 0 ? "" : `, ${evidence.missing} lines missing or damaged`;
  return evidence.isCovered ? `covers the time given${gaps}` : `does not cover the time given${gaps}`;
}

function warningsOf({ kind, isGuess }: Judgement, evidence: Evidence | undefined, known: Known): readonly string[] {
  const warnings: string[] = [];
  if (isGuess) warnings.push("is this address in your prefix? Without a configuration this is unknown");
  if (known.lab) warnings.push("this is a lab (lab = true): special-purpose addresses count as global");
  if (evidence?.kind === "none") warnings.push(`the audit log could not be searched: ${evidence.why}`);
  if (known.terms === undefined) warnings.push("complaints.terms is not configured; enclose your terms of service");
  if (kind.kind === "other-ipv4" && known.local?.mode === "masquerade" && !known.hostAddresses.some(isGlobalIPv4)) {
    warnings.push("this host has no global IPv4 address; if an upstream NAT has this one, use --own");
  }
  const bindings = known.local?.staticBindings.length ?? 0;
  if ((kind.kind === "embedded" || kind.kind === "published") && bindings > 0) {
    warnings.push(
      "you have static bindings; if the complaint came from one of those hosts, your configuration made it reachable",
    );
  }
  return warnings;
}

function isGlobalIPv4(address: string): boolean {
  return !address.includes(":") && classify(address).isGlobalUnicast;
}
