/** The peers and blocks of a report that may be involved in a complaint. */
import type { Holding, PairRecord } from "@nat64/daemon-kit/audit-log";
import type { Known } from "../../daemon/known.ts";
import { compareClient, type Evidence, mappedOf } from "./evidence.ts";
import type { InvolvedBlock, InvolvedPeer } from "./report.ts";

/** The peers in the log, or else the current ones. */
export function involvedPeers(
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

/** Blocks with the port, compared with the given network if there is one. */
export function involvedBlocks(
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

/** A selector as four digits. */
export function hex(selector: number): string {
  return selector.toString(16).padStart(4, "0");
}
