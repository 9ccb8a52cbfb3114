/** The prefixes that a DNS64 may use: own ones, and those of trusted identities. Being listed is not enough. */
import { type SharedPrefix, shortPeerId } from "@nat64/peer-protocol";
import { type PeerAddresses, peerAddresses, type TrustedPeer } from "@nat64/v6peer-daemon/config";
import type { ProbedPrefix } from "../../shared-prefixes/probe.ts";

/** A prefix that may be used. */
export interface Candidate extends ProbedPrefix {
  /** `own`: of this host's configuration; `named` on the command line; `trusted`: of an identity. */
  readonly origin: "own" | "named" | "trusted";
  /** Peer id of the trusted identity. */
  readonly peer?: string;
  /** Its /80, if only the list says so. */
  readonly learned?: string;
}

/** Where candidates come from. */
export interface CandidateSources {
  /** This peer's /80. */
  readonly own: string | undefined;
  /** Prefixes of RFC 6052 length, canonical. */
  readonly named: readonly string[];
  readonly trusted: readonly TrustedPeer[];
  /** Absent if it was not needed or could not be fetched. */
  readonly list: readonly SharedPrefix[] | undefined;
  /** /80s by peer id from an earlier list, in case there is no list now. */
  readonly remembered?: ReadonlyMap<string, string>;
}

/** The candidates, the preferred ones first, and notes about those left out. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly notes: readonly string[];
}

/** Whether the list is needed: the prefix of a trusted identity is not configured. */
export function needsList(trusted: readonly TrustedPeer[]): boolean {
  return trusted.some(({ prefix }) => prefix === undefined);
}

/** Finds the candidates. */
export function findCandidates({ own, named, trusted, list, remembered }: CandidateSources): Candidates {
  const notes: string[] = [];
  const found: Candidate[] = [];
  const add = (candidate: Candidate, who: string) => {
    if (found.some(({ nat64Prefix }) => nat64Prefix === candidate.nat64Prefix)) {
      notes.push(`${who}: ${candidate.nat64Prefix} is a duplicate`);
    } else found.push(candidate);
  };
  if (own !== undefined) add({ ...probed(peerAddresses(own)), origin: "own" }, "this peer's prefix");
  for (const nat64Prefix of named) add({ nat64Prefix, origin: "named" }, "--prefix");
  for (const { peer, prefix } of trusted) {
    const who = shortPeerId(peer);
    const shared = list === undefined ? remembered?.get(peer) : list.find((each) => each.peer === peer)?.prefix;
    const pool = prefix ?? shared;
    if (pool === undefined) {
      if (list !== undefined)
        notes.push(`${who} is trusted, but its prefix is not in the list; its operator may have removed it`);
      continue;
    }
    const known = probed(peerAddresses(pool));
    if (shared !== undefined && peerAddresses(shared).nat64Prefix !== known.nat64Prefix) {
      notes.push(`${who} has ${shared} in the list, but ${prefix} is configured; the configured one is used`);
    }
    add({ ...known, origin: "trusted", peer, ...(prefix === undefined && { learned: pool }) }, who);
  }
  return { candidates: found, notes };
}

function probed({ nat64Prefix, own: self }: PeerAddresses): ProbedPrefix {
  return { nat64Prefix, self };
}
