/** The list of shared prefixes, for `prefixes` messages and the HTTP interface. */
import type { SharedPrefix } from "@nat64/peer-protocol";
import type { V6Peer } from "../state/peer.ts";
import type { State } from "../state/state.ts";

/** A page of the list. */
export interface PrefixPage {
  readonly prefixes: readonly SharedPrefix[];
  /** Set if there are more prefixes: the `after` of the next page. */
  readonly next?: string;
}

/** A page of at most `count` prefixes, in the order of their bytes. @param after canonical text */
export function listPrefixes(state: State, after: string | undefined, count: number): PrefixPage {
  const { owners, isLast } = state.prefixes.page(after, count);
  const prefixes = owners.map((owner) => describe(state, owner));
  return { prefixes, ...(isLast || prefixes.length === 0 ? {} : { next: prefixes[prefixes.length - 1].prefix }) };
}

function describe({ pairs }: State, peer: V6Peer): SharedPrefix {
  const registration = peer.registration!;
  const exits = pairs.of(peer).filter((pair) => pair.reports.v6peer === "up").length;
  return {
    prefix: registration.prefix,
    peer: peer.id,
    health: healthOf(peer, exits),
    exits: Math.min(exits, registration.exits),
    ...(registration.bandwidth === undefined ? {} : { bandwidth: registration.bandwidth }),
    abuse: registration.abuse,
    ...(registration.terms === undefined ? {} : { terms: registration.terms }),
  };
}

/** A peer that wants no peer exits has local ones, which the coordinator cannot see: it counts as up. */
function healthOf(peer: V6Peer, exits: number): SharedPrefix["health"] {
  if (!peer.isRegistered) return "down";
  return exits > 0 || peer.registration?.exits === 0 ? "up" : "degraded";
}
