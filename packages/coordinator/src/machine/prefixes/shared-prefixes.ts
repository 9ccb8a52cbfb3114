/** The list of shared prefixes, as `prefixes` and the HTTP interface give it. */
import type { SharedPrefix } from "@nat64/peer-protocol";
import type { V6Peer } from "../peers/peer.ts";
import type { State } from "../state.ts";

/** A page of the list. */
export interface PrefixPage {
  readonly prefixes: readonly SharedPrefix[];
  /** There if the list goes on: the `after` of the next page. */
  readonly next?: string;
}

export function listPrefixes(state: State, after: string | undefined, count: number): PrefixPage {
  const { owners, isLast } = state.prefixes.page(after, count);
  const prefixes = owners.map(describe);
  return { prefixes, ...(isLast || prefixes.length === 0 ? {} : { next: prefixes[prefixes.length - 1].prefix }) };
}

function describe(peer: V6Peer): SharedPrefix {
  const registration = peer.registration!;
  const exits = [...peer.pairs.values()].filter((pair) => pair.reports.v6peer === "up").length;
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

/** Who wants no peer exits has local ones, of which a coordinator hears nothing: it counts as up. */
function healthOf(peer: V6Peer, exits: number): SharedPrefix["health"] {
  if (!peer.isRegistered) return "down";
  return exits > 0 || peer.registration?.exits === 0 ? "up" : "degraded";
}
