/** All pairs and proposals: by id, by Teredo address, and by peer. */
import { isLeaving, type Pair } from "./pair.ts";
import type { Peer, V4Peer, V6Peer } from "./peer.ts";

export class PairTable {
  readonly #byId: Map<string, Pair> = new Map();
  /** Live pairs only. */
  readonly #byAddress: Map<string, Pair> = new Map();

  get size(): number {
    return this.#byId.size;
  }

  /** How many Teredo addresses are in use. */
  get addresses(): number {
    return this.#byAddress.size;
  }

  get all(): Iterable<Pair> {
    return this.#byId.values();
  }

  get(id: string): Pair | undefined {
    return this.#byId.get(id);
  }

  /** The pair with this id, if the peer is one of its ends. */
  find(id: string, end: Peer): Pair | undefined {
    return end.pairs.has(id) ? this.#byId.get(id) : undefined;
  }

  /** The live pair with this Teredo address. @param address canonical text */
  atAddress(address: string): Pair | undefined {
    return this.#byAddress.get(address);
  }

  /** A peer's pairs and proposals; a copy, so that pairs can end while it is walked through. */
  of(peer: Peer): Pair[] {
    const pairs: Pair[] = [];
    for (const id of peer.pairs) {
      const pair = this.#byId.get(id);
      if (pair !== undefined) pairs.push(pair);
    }
    return pairs;
  }

  /** Whether the two have a pair or a proposal. */
  arePaired(v6: V6Peer, v4: V4Peer): boolean {
    const [smaller, larger] = v6.pairs.size <= v4.pairs.size ? [v6, v4] : [v4, v6];
    for (const id of smaller.pairs) if (larger.pairs.has(id)) return true;
    return false;
  }

  add(pair: Pair): void {
    this.#byId.set(pair.id, pair);
    for (const end of [pair.v6, pair.v4]) end.pairs.add(pair.id);
  }

  /** Removes it from every index. */
  remove(pair: Pair): void {
    this.#byId.delete(pair.id);
    if (pair.address !== undefined) this.#byAddress.delete(pair.address);
    this.setDraining(pair, undefined);
    this.setYielding(pair, false);
    for (const end of [pair.v6, pair.v4]) end.pairs.delete(pair.id);
  }

  /** Assigns a Teredo address in place of the one that it had. @param address canonical text */
  setAddress(pair: Pair, address: string): void {
    if (pair.address !== undefined) this.#byAddress.delete(pair.address);
    pair.address = address;
    this.#byAddress.set(address, pair);
  }

  /** @param since milliseconds; `undefined` if it no longer drains */
  setDraining(pair: Pair, since: number | undefined): void {
    const before = isLeaving(pair);
    pair.drainingSince = since;
    countLeaving(pair, before);
  }

  setYielding(pair: Pair, yields: boolean): void {
    const before = isLeaving(pair);
    pair.yields = yields;
    countLeaving(pair, before);
  }
}

function countLeaving(pair: Pair, before: boolean): void {
  const change = Number(isLeaving(pair)) - Number(before);
  pair.v6.leavingPairs += change;
  pair.v4.leavingPairs += change;
}
