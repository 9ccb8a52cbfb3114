/** Peers by their id. */
import type { Role } from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { TokenBucket } from "../limits/token-bucket.ts";
import type { State } from "../state.ts";
import type { Peer, V4Peer, V6Peer } from "./peer.ts";

/** Whoever has this identity, in either role. */
export function findPeer(state: State, id: string): Peer | undefined {
  return state.v6peers.get(id) ?? state.v4peers.get(id);
}

/** A peer that was not known before. */
export function makePeer({ state, options, now }: Context, role: Role, id: string, identity: string): Peer {
  const common = {
    identity,
    id,
    pairs: new Map(),
    claims: new Set<string>(),
    connection: undefined,
    isRegistered: false,
    hasReported: false,
    isDraining: false,
    registration: undefined,
  };
  if (role === "v6peer") {
    const peer: V6Peer = { ...common, role, challenge: undefined };
    state.v6peers.set(id, peer);
    return peer;
  }
  const { bubblesPerSecondAndTarget: rate } = options.limits;
  const bubbles = new TokenBucket(rate, rate, now);
  const peer: V4Peer = { ...common, role, solicitor: undefined, mapping: undefined, nat: "unknown", bubbles };
  state.v4peers.set(id, peer);
  return peer;
}
