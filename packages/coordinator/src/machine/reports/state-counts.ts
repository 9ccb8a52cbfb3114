/** How full the tables are. */
import type { Context } from "../context.ts";

/** Numbers of table entries. All are zero some time after the last peer has left. */
export interface StateCounts {
  readonly connections: number;
  /** Groups of addresses with open connections. */
  readonly addressGroups: number;
  readonly v6peers: number;
  readonly v4peers: number;
  readonly v6peersRegistered: number;
  readonly v4peersRegistered: number;
  /** Proved prefixes. */
  readonly prefixes: number;
  /** … that are in the public list. */
  readonly prefixesListed: number;
  /** Proofs of prefix in progress. */
  readonly challenges: number;
  readonly solicitors: number;
  /** Proposals that wait for an answer. */
  readonly proposals: number;
  /** Pairs that were agreed on. */
  readonly pairs: number;
  /** … whose path is up, as the IPv6 peer reports. */
  readonly pairsUp: number;
  /** … whose path is down, as the IPv6 peer reports. */
  readonly pairsDown: number;
  /** … that an end drains. */
  readonly pairsDraining: number;
  readonly addresses: number;
  /** Claims to held pairs that wait for the other end. */
  readonly heldPairs: number;
  /** Hold-offs: two peers each that are not proposed to each other for now. */
  readonly holdOffs: number;
  readonly timers: number;
  /** Whether the coordinator is shutting down. */
  readonly isDraining: boolean;
}

export function countState({ state, timers }: Context): StateCounts {
  const pairs = [...state.pairs.all];
  const live = pairs.filter((pair) => pair.state === "live");
  const v6 = [...state.peers.v6];
  const v4 = [...state.peers.v4];
  const registered = (peers: readonly { readonly isRegistered: boolean }[]): number =>
    peers.filter((peer) => peer.isRegistered).length;
  return {
    connections: state.connections.size,
    addressGroups: state.groups.size,
    v6peers: v6.length,
    v4peers: v4.length,
    v6peersRegistered: registered(v6),
    v4peersRegistered: registered(v4),
    prefixes: state.prefixes.size,
    prefixesListed: state.prefixes.listed,
    challenges: state.challenges,
    solicitors: state.solicitors.size,
    proposals: pairs.length - live.length,
    pairs: live.length,
    pairsUp: live.filter((pair) => pair.reports.v6peer === "up").length,
    pairsDown: live.filter((pair) => pair.reports.v6peer === "down").length,
    pairsDraining: live.filter((pair) => pair.drainingSince !== undefined).length,
    addresses: state.pairs.addresses,
    heldPairs: state.heldClaims.size,
    holdOffs: state.holdOffs.size,
    timers: timers.size,
    isDraining: state.isDraining,
  };
}
