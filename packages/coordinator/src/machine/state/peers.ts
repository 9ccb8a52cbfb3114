/** All known peers, by id, and the ones to look at for pairing. */
import type { Peer, V4Peer, V6Peer } from "./peer.ts";

export class PeerTable {
  readonly #v6: Map<string, V6Peer> = new Map();
  readonly #v4: Map<string, V4Peer> = new Map();
  /** Peers that may have room for a pair since the last input. */
  readonly toMatch: Set<Peer> = new Set();
  /** IPv6 peers that want more pairs. May contain some that no longer do. */
  readonly v6WithRoom: Set<V6Peer> = new Set();
  /** IPv4 peers that take more pairs. May contain some that no longer do. */
  readonly v4WithRoom: Set<V4Peer> = new Set();

  get size(): number {
    return this.#v6.size + this.#v4.size;
  }

  /** How many IPv6 peers are known. */
  get v6Count(): number {
    return this.#v6.size;
  }

  get v6(): Iterable<V6Peer> {
    return this.#v6.values();
  }

  get v4(): Iterable<V4Peer> {
    return this.#v4.values();
  }

  /** The peer with this id, in either role. */
  find(id: string): Peer | undefined {
    return this.#v6.get(id) ?? this.#v4.get(id);
  }

  add(peer: Peer): void {
    if (peer.role === "v6peer") this.#v6.set(peer.id, peer);
    else this.#v4.set(peer.id, peer);
  }

  remove(peer: Peer): void {
    if (peer.role === "v6peer") {
      this.#v6.delete(peer.id);
      this.v6WithRoom.delete(peer);
    } else {
      this.#v4.delete(peer.id);
      this.v4WithRoom.delete(peer);
    }
    this.toMatch.delete(peer);
  }
}
