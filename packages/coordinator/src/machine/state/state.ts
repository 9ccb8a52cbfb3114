/** Everything that a coordinator knows: bounded tables, in memory. */
import { GroupCounts } from "../limits/address-groups.ts";
import type { Connection } from "./connection.ts";
import { HeldClaims } from "./held-claims.ts";
import { HoldOffs } from "./hold-offs.ts";
import { PairTable } from "./pairs.ts";
import type { V4Peer } from "./peer.ts";
import { PeerTable } from "./peers.ts";
import { PrefixIndex } from "./prefix-index.ts";
import { Strangers } from "./strangers.ts";

export interface State {
  /** Open connections, by number. */
  readonly connections: Map<number, Connection>;
  /** Open connections by where they come from. */
  readonly groups: GroupCounts;
  /** Open connections without a valid `hello`. */
  readonly strangers: Strangers;
  readonly peers: PeerTable;
  readonly prefixes: PrefixIndex;
  /** Proofs of prefix in progress. */
  challenges: number;
  /** IPv4 peers by the token in their Router Solicitations. */
  readonly solicitors: Map<string, V4Peer>;
  readonly pairs: PairTable;
  readonly heldClaims: HeldClaims;
  readonly holdOffs: HoldOffs;
  /** Whether the coordinator itself is shutting down. */
  isDraining: boolean;
}

export function makeState(): State {
  return {
    connections: new Map(),
    groups: new GroupCounts(),
    strangers: new Strangers(),
    peers: new PeerTable(),
    prefixes: new PrefixIndex(),
    challenges: 0,
    solicitors: new Map(),
    pairs: new PairTable(),
    heldClaims: new HeldClaims(),
    holdOffs: new HoldOffs(),
    isDraining: false,
  };
}
