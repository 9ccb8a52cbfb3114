/** The prefixes that a DNS64 may use: own ones, and those of trusted identities. Being listed is not enough. */
import { type SharedPrefix, shortPeerId } from "@nat64/peer-protocol";
import { type PeerAddresses, peerAddresses, type TrustedPeer } from "@nat64/v6peer-daemon/config";
import type { ProbedPrefix } from "../../shared-prefixes/probe.ts";

/** A prefix that may be used. */
export interface Candidate extends ProbedPrefix {
  /** `own`: of this host's configuration; `named` on the command line; `trusted`: of an identity. */
  readonly origin: "own" | "named" | "trusted";
  /** Peer id of who is trusted. */
  readonly peer?: string;
  /** Its /80, where nobody but the list says that it is. */
  readonly learned?: string;
}

/** Where candidates come from. */
export interface CandidateSources {
  /** The own /80. */
  readonly own: string | undefined;
  /** Prefixes of RFC 6052 length, canonical. */
  readonly named: readonly string[];
  readonly trusted: readonly TrustedPeer[];
  /** Absent when it was not needed or could not be had. */
  readonly list: readonly SharedPrefix[] | undefined;
  /** What an earlier list said: /80s by peer id, for when there is none. */
  readonly remembered?: ReadonlyMap<string, string>;
}

/** The candidates, the preferred ones first, and what somebody should know about those who are not among them. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly notes: readonly string[];
}

/** Whether the list has to be asked for: somebody is trusted whose prefix is not known. */
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
  if (own !== undefined) add({ ...probed(peerAddresses(own)), origin: "own" }, "the own prefix");
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
