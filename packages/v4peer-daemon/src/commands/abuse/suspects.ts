/** Which pairs had a port: from the audit log, or else from the running daemon. */
import { type AuditAnswer, type PairRecord, searchAuditLog, type TimeWindow } from "@nat64/daemon-kit/audit-log";
import { DaemonError } from "@nat64/daemon-kit/control";
import { explainError } from "@nat64/daemon-kit/system";
import { askStatus } from "../../control/client.ts";
import type { Suspect } from "./complaint.ts";

/** What the audit log says. */
export interface Logged {
  /** Missing when there is no log, or when it cannot be read. */
  readonly answer: AuditAnswer | undefined;
  /** What the reader should know about it, in sentences. */
  readonly notes: readonly string[];
}

/** Searches the audit log. @param directory left out when none is kept */
export async function askLog(directory: string | undefined, window: TimeWindow): Promise<Logged> {
  if (directory === undefined) return { answer: undefined, notes: ["no audit log is kept (audit-log.enabled)"] };
  try {
    const answer = await searchAuditLog(directory, { window, isPair: () => true });
    const gaps = answer.missing > 0 ? [`${answer.missing} lines of the audit log are missing or damaged`] : [];
    const cover = answer.isCovered ? [] : ["the audit log does not cover the time given"];
    return { answer, notes: [...cover, ...gaps] };
  } catch (error) {
    return { answer: undefined, notes: [`the audit log could not be searched: ${explainError(error)}`] };
  }
}

/** The pairs in the log that had a port, or those of the running daemon where the log does not cover the time. */
export async function findSuspects(socket: string, port: number, { answer }: Logged): Promise<readonly Suspect[]> {
  const hasPort = (first: number, last: number): boolean => first <= port && port <= last;
  if (answer?.isCovered) {
    return answer.pairs
      .filter(({ held }) => hasPort(...held.ports))
      .map(({ held, isThroughout }): Suspect => ofRecord(held, isThroughout));
  }
  try {
    const { peer, uplink } = await askStatus(socket);
    const mapped = peer.mapping?.address;
    return peer.pairs
      .filter(({ ports }) => hasPort(ports.first, ports.last))
      .map(
        ({ id, prefix, peer: other, selector, ports, address }): Suspect => ({
          prefix,
          peer: other,
          pair: id,
          selector: hex(selector),
          ports: [ports.first, ports.last],
          ...(address !== undefined && { teredo: address }),
          ...(mapped !== undefined && { mapped }),
          behindNat: mapped !== uplink?.address,
          isThroughout: false,
          source: "now",
        }),
      );
  } catch (error) {
    // The daemon is not running: then only the log knows.
    if (error instanceof DaemonError) return [];
    throw error;
  }
}

function ofRecord(record: PairRecord, isThroughout: boolean): Suspect {
  const { prefix = "", peer, pair, selector, ports, teredo, mapped, behindNat = true } = record;
  return {
    prefix,
    peer,
    pair,
    selector: hex(selector),
    ports,
    ...(teredo !== undefined && { teredo }),
    ...(mapped !== undefined && { mapped }),
    behindNat,
    isThroughout,
    source: "log",
  };
}

function hex(selector: number): string {
  return selector.toString(16).padStart(4, "0");
}
