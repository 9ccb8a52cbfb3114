/** Conclusions about IPv4 addresses: of the pool, of this host, or of an IPv4 peer. */

import { UsageError } from "@nat64/daemon-kit/command-line";
import type { ComplaintSubject, PortUse } from "@nat64/daemon-kit/complaints";
import type { Known } from "../../daemon/known.ts";
import { certaintyOfBlocks, portUse } from "./certainty.ts";
import type { Complaint } from "./complaint.ts";
import { type Evidence, mappedOf } from "./evidence.ts";
import { type Findings, foreign } from "./findings.ts";
import { hex, involvedBlocks, involvedPeers } from "./involved.ts";

/** An address that clients share: one of the pool, or that of a masquerading host. */
export function concludePool(
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
  const isComplete = port !== undefined && window !== undefined;
  const use = portUse(isComplete, evidence);
  const blocks = involvedBlocks(evidence, known, client);
  const subject: ComplaintSubject = { kind: "shared", prefix, use, isStaticBinding };
  if (isStaticBinding) {
    const because = ["the configuration binds this port to one IPv6 host (static-bindings)"];
    return { subject, certainty: { level: "certain", because } };
  }
  const router = "the host masquerades and may have changed the port";
  return {
    subject,
    certainty: certaintyOfBlocks(isComplete, evidence, mode === "masquerade" ? router : undefined),
    blocks,
  };
}

/** Any other address: possibly the public address of an IPv4 peer, according to the log or the daemon. */
export function concludeOtherIPv4(complaint: Complaint, evidence: Evidence | undefined, known: Known): Findings {
  const { address, port, window, client } = complaint;
  const [prefix] = known.prefixes;
  if (prefix === undefined) {
    throw new UsageError(
      `cannot tell whether ${address} belongs to this peer without its configuration. Use --config FILE`,
    );
  }
  const pairs = evidence?.kind === "log" ? evidence.pairs : [];
  const fitting = pairs.filter(({ held }) => port === undefined || (held.ports[0] <= port && port <= held.ports[1]));
  const now = known.exits.find(({ teredo }) => teredo !== undefined && mappedOf(teredo)?.address === address);
  if (pairs.length === 0 && now === undefined) return foreign(known);
  const peers = involvedPeers(evidence, known, now === undefined ? undefined : hex(now.selector));
  if (fitting.length === 0) {
    // It is an IPv4 peer, but the port did not belong to this prefix, or that is unknown.
    const because = ["it is the public address of an IPv4 peer of this prefix, but its ports are unknown"];
    const ports = pairs.map(({ held }) => held.ports.join("–")).join(", ");
    if (ports === "") return { subject: { kind: "foreign", prefix }, certainty: { level: "unknown", because }, peers };
    const use: PortUse = { kind: "not-in-use" };
    return {
      subject: { kind: "exit", prefix, ports, use },
      certainty: { level: "likely", because: [`the ports of this prefix were ${ports}`] },
      peers,
    };
  }
  const places = new Set(fitting.map(({ held }) => held.place));
  const ofExit = narrow(evidence, places);
  const blocks = involvedBlocks(ofExit, known, client);
  const isComplete = port !== undefined && window !== undefined;
  const use = portUse(isComplete, ofExit);
  const router = "the NAT of the IPv4 peer usually keeps the port, but not always";
  return {
    subject: { kind: "exit", prefix, ports: fitting.map(({ held }) => held.ports.join("–")).join(", "), use },
    certainty: certaintyOfBlocks(isComplete, ofExit, router),
    peers,
    blocks,
  };
}

/** The log, reduced to the blocks of some exits. */
function narrow(evidence: Evidence | undefined, places: ReadonlySet<number>): Evidence | undefined {
  if (evidence?.kind !== "log") return evidence;
  const isOne = ({ exit }: { readonly exit: number }): boolean => places.has(exit);
  return {
    ...evidence,
    blocks: evidence.blocks.filter(({ held }) => isOne(held)),
    borrowed: evidence.borrowed.filter(isOne),
  };
}
