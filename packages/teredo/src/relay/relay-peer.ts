import { LOCKED, type PeerTable, TRUSTED } from "./peer-table.ts";

/** A peer of the relay, for status output. */
export interface RelayPeer {
  /** The three words after 2001:0000 of its Teredo address. */
  readonly words: readonly [number, number, number];
  readonly state: "waiting" | "trusted" | "locked";
  /** Its mapping, where packets to it go: an int32 word and a port. */
  readonly mappedAddress: number;
  readonly mappedPort: number;
  /** Milliseconds since the last packet from it, or since it was added. */
  readonly idleMs: number;
}

export function describePeer(peers: PeerTable, peer: number, now: number): RelayPeer {
  const state = peers.state(peer);
  return {
    words: [peers.word(peer, 1), peers.word(peer, 2), peers.word(peer, 3)],
    state: state === TRUSTED ? "trusted" : state === LOCKED ? "locked" : "waiting",
    mappedAddress: peers.mappedAddress(peer),
    mappedPort: peers.mappedPort(peer),
    idleMs: peers.idleMs(peer, now),
  };
}
