/** Puts together what the address, the daemon and the audit log say. */
import type { BlockRecord, Holding, PairRecord, TimeWindow } from "@nat64/daemon-kit/audit-log";
import type { ComplaintProtocol, ComplaintSubject, PortUse } from "@nat64/daemon-kit/complaints";
import { UsageError } from "../exit.ts";
import { compareClient, type Evidence, findEvidence, ipv4PeerOf, mappedOf } from "./evidence.ts";
import { type AddressKind, type Judgement, judge } from "./judge.ts";
import type { Known } from "./known.ts";
import type { ComplaintAddress } from "./read-address.ts";
import { type AbuseReport, type Certainty, describeWindow, type InvolvedBlock, type InvolvedPeer } from "./report.ts";

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

/** What is put into the report; the rest is the same for all. */
type Findings = Pick<AbuseReport, "subject" | "certainty"> & Partial<Pick<AbuseReport, "peers" | "blocks">>;

/** Looks into a complaint. Throws a `UsageError` where too little is known to say anything. */
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

/** Asks the log where it can help; `undefined` when there is none, or no time was given. */
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
    ? { level: "likely", because: ["nothing here says which prefix is this peer's: it was read out of the address"] }
    : { level: "certain", because: ["it lies in a prefix of this peer, and RFC 6052 says what it stands for"] };
  switch (kind.kind) {
    case "embedded": {
      const { prefix, ipv4, isOwnPool } = kind;
      const peers = involvedPeers(evidence, known, kind.selector);
      return { subject: { kind: "embedded", prefix, ipv4, isOwnPool }, certainty: meaning, peers };
    }
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
    case "foreign":
      return foreign(known);
  }
}

function concludePublished(
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
  return { subject, certainty: ofPairs(evidence, now !== undefined), peers };
}

/** How sure it is which IPv4 peer had a selector or an address. */
function ofPairs(evidence: Evidence | undefined, isKnownNow: boolean): Certainty {
  if (evidence?.kind === "log" && evidence.pairs.length > 0) {
    const [{ isThroughout, held }] = evidence.pairs;
    const peers = new Set(evidence.pairs.map((pair) => pair.held.peer));
    if (peers.size > 1) return { level: "unclear", because: ["within the time given, more than one IPv4 peer had it"] };
    if (isThroughout && evidence.missing === 0 && held.teredo !== undefined) {
      return { level: "certain", because: ["the audit log has the pair for all of the time given"] };
    }
    return { level: "likely", because: ["the audit log has the pair for a part of the time given"] };
  }
  if (!isKnownNow) {
    return { level: "unknown", because: ["neither the audit log nor a running v6peerd knows which IPv4 peer it was"] };
  }
  const because =
    "v6peerd says which IPv4 peer has this selector now; an identity keeps its selector, but its address may have changed";
  return { level: "likely", because: [because] };
}

function concludeTeredo(
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
  return { subject: { kind: "teredo", prefix, mapped, mappedPort }, certainty: ofPairs(evidence, true), peers };
}

function concludePool(
  { address, port, protocol, window, client }: Complaint,
  mode: "pool" | "masquerade",
  evidence: Evidence | undefined,
  known: Known,
): Findings {
  const prefix = known.prefixes[0] ?? "";
  const isStaticBinding =
    known.local?.staticBindings.some(
      (each) => each.ipv4 === address && each.port === port && (protocol ?? each.protocol) === each.protocol,
    ) ?? false;
  const use = useOf(port !== undefined && window !== undefined, evidence);
  const blocks = involvedBlocks(evidence, known, client);
  const subject: ComplaintSubject = { kind: "shared", prefix, use, isStaticBinding };
  if (isStaticBinding) {
    const because = ["the configuration binds this port to one IPv6 host (static-bindings)"];
    return { subject, certainty: { level: "certain", because } };
  }
  const router = "the host masquerades: it keeps the port unless it needs it itself";
  return { subject, certainty: ofBlocks(evidence, mode === "masquerade" ? router : undefined), blocks };
}

function concludeOtherIPv4(complaint: Complaint, evidence: Evidence | undefined, known: Known): Findings {
  const { address, port, window, client } = complaint;
  const [prefix] = known.prefixes;
  if (prefix === undefined) {
    throw new UsageError(
      `nothing here says which IPv4 addresses are this peer's: name its configuration with --config (${address})`,
    );
  }
  const pairs = evidence?.kind === "log" ? evidence.pairs : [];
  const fitting = pairs.filter(({ held }) => port === undefined || (held.ports[0] <= port && port <= held.ports[1]));
  const now = known.exits.find(({ teredo }) => teredo !== undefined && mappedOf(teredo)?.address === address);
  if (pairs.length === 0 && now === undefined) return foreign(known);
  const peers = involvedPeers(evidence, known, now === undefined ? undefined : hex(now.selector));
  if (fitting.length === 0) {
    // It is an IPv4 peer, but the port was none of ours, or nobody can tell.
    const because = ["it is the public address of an IPv4 peer of this prefix, but which ports were its is not known"];
    const ports = pairs.map(({ held }) => held.ports.join("–")).join(", ");
    if (ports === "") return { subject: foreignSubject(prefix), certainty: { level: "unknown", because }, peers };
    const use: PortUse = { kind: "not-in-use" };
    return {
      subject: { kind: "exit", prefix, ports, use },
      certainty: { level: "likely", because: [`the ports of this prefix were others: ${ports}`] },
      peers,
    };
  }
  const places = new Set(fitting.map(({ held }) => held.place));
  const ofExit = narrow(evidence, places);
  const blocks = involvedBlocks(ofExit, known, client);
  const use = useOf(port !== undefined && window !== undefined, ofExit);
  const router = "the NAT of the IPv4 peer usually keeps the port, but need not";
  return {
    subject: { kind: "exit", prefix, ports: fitting.map(({ held }) => held.ports.join("–")).join(", "), use },
    certainty: ofBlocks(ofExit, router),
    peers,
    blocks,
  };
}

/** The log with the blocks of some exits only. */
function narrow(evidence: Evidence | undefined, places: ReadonlySet<number>): Evidence | undefined {
  if (evidence?.kind !== "log") return evidence;
  const isOne = ({ exit }: { readonly exit: number }): boolean => places.has(exit);
  return {
    ...evidence,
    blocks: evidence.blocks.filter(({ held }) => isOne(held)),
    borrowed: evidence.borrowed.filter(isOne),
  };
}

function useOf(isComplete: boolean, evidence: Evidence | undefined): PortUse {
  if (!isComplete) return { kind: "incomplete-question" };
  if (evidence?.kind !== "log") return { kind: "no-log" };
  const used = [...evidence.blocks.map(({ held }) => held), ...evidence.borrowed];
  if (used.length > 0) return { kind: "in-use", clientIsRecorded: used.some(({ client }) => client !== undefined) };
  return evidence.isCovered && evidence.missing === 0 ? { kind: "not-in-use" } : { kind: "no-log" };
}

/** How sure it is which client's block it was. */
function ofBlocks(evidence: Evidence | undefined, router: string | undefined): Certainty {
  if (evidence?.kind !== "log") return { level: "unknown", because: ["there is no audit log of that time"] };
  const { blocks, borrowed, missing, isCovered } = evidence;
  const gaps = missing > 0 ? [`${missing} lines of the log are missing or damaged`] : [];
  if (blocks.length === 0) {
    if (!isCovered) return { level: "unknown", because: ["the audit log does not cover that time", ...gaps] };
    const level = missing > 0 ? "unknown" : router === undefined ? "certain" : "likely";
    return { level, because: ["the block of this port was given to nobody", ...gaps] };
  }
  if (borrowed.length > 0) {
    return { level: "unclear", because: ["no block was free, and another network got a port of this block", ...gaps] };
  }
  if (blocks.length > 1) {
    return { level: "unclear", because: ["within the time given, the block belonged to one network after the other"] };
  }
  const because = ["the audit log has one network for the block of this port"];
  if (!blocks[0].isThroughout)
    return { level: "likely", because: [...because, "for a part of the time given", ...gaps] };
  if (router !== undefined || missing > 0) {
    return { level: "likely", because: [...because, ...(router === undefined ? [] : [router]), ...gaps] };
  }
  return { level: "certain", because: [...because, "for all of the time given"] };
}

function foreign(known: Known): Findings {
  const prefix = known.prefixes.find((each) => each.endsWith("/80")) ?? known.prefixes[0];
  if (prefix === undefined) {
    throw new UsageError("no NAT64 prefix of an IPv6 peer can begin like this address: is it copied as a whole?");
  }
  const because = ["it lies in no prefix of this peer, and no exit or pool has it"];
  return { subject: foreignSubject(prefix), certainty: { level: "certain", because } };
}

function foreignSubject(prefix: string): ComplaintSubject {
  return { kind: "foreign", prefix };
}

/** Those of the log, or else those of now. */
function involvedPeers(
  evidence: Evidence | undefined,
  known: Known,
  selector: string | undefined,
): readonly InvolvedPeer[] {
  if (evidence?.kind === "log" && evidence.pairs.length > 0) return evidence.pairs.map(ofLog);
  const isAny = selector === undefined || selector === "0000";
  return known.exits
    .filter((each) => isAny || hex(each.selector) === selector)
    .map(({ peer, selector: value, teredo }): InvolvedPeer => {
      const mapped = teredo === undefined ? undefined : mappedOf(teredo);
      return { peer, selector: hex(value), ...(teredo && { teredo }), ...(mapped && { mapped }), source: "now" };
    });
}

function ofLog({ held, from, to }: Holding<PairRecord>): InvolvedPeer {
  const { peer, selector, teredo, ports } = held;
  const mapped = teredo === undefined ? undefined : mappedOf(teredo);
  return {
    peer,
    selector: hex(selector),
    ...(teredo !== undefined && { teredo }),
    ...(mapped !== undefined && { mapped }),
    ports,
    source: "log",
    ...span(from, to),
  };
}

function involvedBlocks(
  evidence: Evidence | undefined,
  { auditLog }: Known,
  client: string | undefined,
): readonly InvolvedBlock[] {
  if (evidence?.kind !== "log" || auditLog === undefined) return [];
  return evidence.blocks.map((holding) => {
    const { held, from, to } = holding;
    return {
      exit: held.exit,
      protocol: held.protocol,
      ports: held.ports,
      ...span(from, to),
      ...(held.client !== undefined && { client: held.client }),
      ...(client !== undefined && { match: compareClient(auditLog, holding, client) }),
    };
  });
}

function span(from: number, to: number | undefined): { readonly from: string; readonly until?: string } {
  return { from: new Date(from).toISOString(), ...(to !== undefined && { until: new Date(to).toISOString() }) };
}

function describeLog(evidence: Evidence): string {
  if (evidence.kind === "none") return `could not be asked: ${evidence.why}`;
  const gaps = evidence.missing === 0 ? "" : `, ${evidence.missing} lines missing or damaged`;
  return evidence.isCovered ? `covers the time given${gaps}` : `does not cover the time given${gaps}`;
}

function warningsOf({ kind, isGuess }: Judgement, evidence: Evidence | undefined, known: Known): readonly string[] {
  const warnings: string[] = [];
  if (isGuess) warnings.push("is this address in your prefix? Without a configuration nobody here can tell");
  if (known.lab)
    warnings.push("this is a laboratory (lab = true): addresses that no real network uses count as global");
  if (evidence?.kind === "none") warnings.push(`the audit log could not be asked: ${evidence.why}`);
  if (known.terms === undefined) warnings.push("no complaints.terms is configured: enclose your terms of service");
  const bindings = known.local?.staticBindings.length ?? 0;
  if ((kind.kind === "embedded" || kind.kind === "published") && bindings > 0) {
    warnings.push(
      "you have static bindings: did the complaint come from one of those hosts, it was reachable by your doing",
    );
  }
  return warnings;
}

function hex(selector: number): string {
  return selector.toString(16).padStart(4, "0");
}
