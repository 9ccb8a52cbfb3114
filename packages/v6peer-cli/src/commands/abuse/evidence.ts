/** What the audit log says about a complaint. */
import {
  type AuditAnswer,
  type BlockRecord,
  type ClientMatch,
  type Holding,
  matchClient,
  type PairRecord,
  searchAuditLog,
  type TimeWindow,
} from "@nat64/daemon-kit/audit-log";
import type { ComplaintProtocol, KnownIPv4Peer } from "@nat64/daemon-kit/complaints";
import { bytesOf, formatIPv4, parseIPv6 } from "@nat64/rfc6052";
import { parseTeredoAddress } from "@nat64/teredo";

/** A query of the log. */
export interface EvidenceQuestion {
  readonly window: TimeWindow;
  /** Which pairs are of interest. */
  readonly isPair: (pair: PairRecord) => boolean;
  /** Which blocks are of interest, among those with the port and protocol. */
  readonly isBlock: (block: Omit<BlockRecord, "event">) => boolean;
  readonly port?: number | undefined;
  readonly protocol?: ComplaintProtocol | undefined;
}

/** The answer of the log, or why it could not be searched. */
export type Evidence = { readonly kind: "none"; readonly why: string } | ({ readonly kind: "log" } & AuditAnswer);

/** Searches the log. Never rejects: the result says if the log cannot be read. */
export async function findEvidence(directory: string, question: EvidenceQuestion): Promise<Evidence> {
  const { window, isPair, isBlock, port, protocol } = question;
  try {
    const answer = await searchAuditLog(directory, {
      window,
      isPair,
      isBlock: (block) =>
        port !== undefined &&
        block.ports[0] <= port &&
        port <= block.ports[1] &&
        (protocol === undefined ? block.protocol !== "icmp" : block.protocol === protocol) &&
        isBlock(block),
    });
    return { kind: "log", ...answer };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      kind: "none",
      why: code === "EACCES" ? `${directory} cannot be read: permission denied. Run this command as root` : message,
    };
  }
}

/** An IPv4 peer according to its record and its Teredo address; `undefined` if it had no address. */
export function ipv4PeerOf(
  { peer, teredo }: Pick<PairRecord, "peer" | "teredo">,
  wasAtTheTime: boolean,
): KnownIPv4Peer | undefined {
  const mapped = teredo === undefined ? undefined : mappedOf(teredo);
  if (teredo === undefined || mapped === undefined) return undefined;
  return { peer, teredo, mapped: mapped.address, mappedPort: mapped.port, wasAtTheTime };
}

/** The IPv4 address and UDP port that a Teredo address holds (RFC 4380 §4). */
export function mappedOf(teredo: string): { readonly address: string; readonly port: number } | undefined {
  const parsed = parseTeredoAddress(bytesOf(parseIPv6(teredo)));
  return parsed && { address: formatIPv4(parsed.mappedAddress), port: parsed.mappedPort };
}

/** Compares the client of a block, according to the log, with a given network. */
export function compareClient(directory: string, { held }: Holding<BlockRecord>, network: string): ClientMatch {
  // The key is the one of the day on which the line was written.
  return matchClient(directory, held.client, network, Date.parse(held.at));
}
