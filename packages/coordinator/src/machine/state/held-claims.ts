/** Held pairs that one end has named and that wait for the other end to name them, too. */
import type { HeldPair } from "@nat64/peer-protocol";
import type { Peer } from "./peer.ts";

/** One end's claim to a pair that the coordinator does not know. */
export interface HeldClaim {
  readonly peer: Peer;
  readonly held: HeldPair;
}

export class HeldClaims {
  /** By the claiming peer's id, then by pair id. */
  readonly #byPeer: Map<string, Map<string, HeldClaim>> = new Map();
  /** By the id of the peer that each claim names as the other end. */
  readonly #byOther: Map<string, Set<HeldClaim>> = new Map();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The claim of the peer with id `peer` to the pair with id `pair`. */
  get(pair: string, peer: string): HeldClaim | undefined {
    return this.#byPeer.get(peer)?.get(pair);
  }

  /** The claims that name this peer as the other end; a copy. */
  naming(peer: string): HeldClaim[] {
    return [...(this.#byOther.get(peer) ?? [])];
  }

  /** The claims of a peer; a copy. */
  of(peer: Peer): HeldClaim[] {
    return [...(this.#byPeer.get(peer.id)?.values() ?? [])];
  }

  /** There must be no claim of this peer to this pair. */
  add(claim: HeldClaim): void {
    const { peer, held } = claim;
    const own = this.#byPeer.get(peer.id);
    if (own === undefined) this.#byPeer.set(peer.id, new Map([[held.pair, claim]]));
    else own.set(held.pair, claim);
    const others = this.#byOther.get(held.peer);
    if (others === undefined) this.#byOther.set(held.peer, new Set([claim]));
    else others.add(claim);
    peer.claims.add(held.pair);
    this.#size++;
  }

  /** The claim must be in the table. */
  remove(claim: HeldClaim): void {
    const { peer, held } = claim;
    const own = this.#byPeer.get(peer.id);
    own?.delete(held.pair);
    if (own?.size === 0) this.#byPeer.delete(peer.id);
    const others = this.#byOther.get(held.peer);
    others?.delete(claim);
    if (others?.size === 0) this.#byOther.delete(held.peer);
    peer.claims.delete(held.pair);
    this.#size--;
  }
}
