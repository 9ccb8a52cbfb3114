/** How full the tables are. */
import type { Context } from "./context.ts";

/** Numbers of entries, all zero when nobody was there for a while. */
export interface Status {
  readonly connections: number;
  readonly addressGroups: number;
  readonly v6peers: number;
  readonly v4peers: number;
  readonly v6peersRegistered: number;
  readonly v4peersRegistered: number;
  readonly prefixes: number;
  readonly challenges: number;
  readonly solicitors: number;
  /** Proposals that are not answered yet. */
  readonly proposals: number;
  /** Pairs that were agreed on. */
  readonly pairs: number;
  /** … of which the IPv6 peer says that the path is up. */
  readonly pairsUp: number;
  readonly addresses: number;
  readonly heldPairs: number;
  readonly keptApart: number;
  readonly timers: number;
}

export function countState({ state, timers }: Context): Status {
  const pairs = [...state.pairs.values()];
  const live = pairs.filter((pair) => pair.state === "live");
  const registered = (peers: Map<string, { readonly isRegistered: boolean }>): number =>
    [...peers.values()].filter((peer) => peer.isRegistered).length;
  return {
    connections: state.connections.size,
    addressGroups: state.groups.size,
    v6peers: state.v6peers.size,
    v4peers: state.v4peers.size,
    v6peersRegistered: registered(state.v6peers),
    v4peersRegistered: registered(state.v4peers),
    prefixes: state.prefixes.size,
    challenges: state.challenges,
    solicitors: state.solicitors.size,
    proposals: pairs.length - live.length,
    pairs: live.length,
    pairsUp: live.filter((pair) => pair.reports.v6peer === "up").length,
    addresses: state.addresses.size,
    heldPairs: state.held.size,
    keptApart: state.apart.size,
    timers: timers.size,
  };
}
