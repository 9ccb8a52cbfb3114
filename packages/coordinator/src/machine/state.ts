/** All that a coordinator knows: bounded tables, in memory. */
import type { Connection } from "./connections/connection.ts";
import { GroupCounts } from "./limits/address-groups.ts";
import type { HeldClaim } from "./pairs/held-pairs.ts";
import type { Pair } from "./pairs/pair.ts";
import type { Peer, V4Peer, V6Peer } from "./peers/peer.ts";
import { PrefixIndex } from "./prefixes/prefix-index.ts";

export interface State {
  readonly connections: Map<number, Connection>;
  readonly groups: GroupCounts;
  /** By peer id. */
  readonly v6peers: Map<string, V6Peer>;
  readonly v4peers: Map<string, V4Peer>;
  readonly prefixes: PrefixIndex;
  /** Proofs of prefix that are under way. */
  challenges: number;
  /** By token. */
  readonly solicitors: Map<string, V4Peer>;
  /** Pairs and proposals, by pair id. */
  readonly pairs: Map<string, Pair>;
  /** Live pairs, by Teredo address. */
  readonly addresses: Map<string, Pair>;
  /** Held pairs that one end named, by pair id. */
  readonly held: Map<string, HeldClaim>;
  /** The same by the id of the peer that each names as the other end. */
  readonly heldWith: Map<string, Set<HeldClaim>>;
  /** Pairs of peers that are not to be proposed to each other: `v6 id`, space, `v4 id`. */
  readonly apart: Set<string>;
  /** Peers that may have room for a pair since the last input. */
  readonly unsettled: Set<Peer>;
  /** All that have room, and some that had. */
  readonly roomyV6: Set<V6Peer>;
  readonly roomyV4: Set<V4Peer>;
  /** Whether the coordinator itself is about to go. */
  isDraining: boolean;
}

export function makeState(): State {
  return {
    connections: new Map(),
    groups: new GroupCounts(),
    v6peers: new Map(),
    v4peers: new Map(),
    prefixes: new PrefixIndex(),
    challenges: 0,
    solicitors: new Map(),
    pairs: new Map(),
    addresses: new Map(),
    held: new Map(),
    heldWith: new Map(),
    apart: new Set(),
    unsettled: new Set(),
    roomyV6: new Set(),
    roomyV4: new Set(),
    isDraining: false,
  };
}
