/** All pairs of an IPv4 peer, and the places that are free. */
import { isTeredo } from "@nat64/teredo";
import type { HeldPair } from "./held-pair.ts";

export class PairBook {
  readonly #byId: Map<string, HeldPair> = new Map();
  /** Free places, the one that is free for longest first: what the host still remembers of a pair dies in between. */
  readonly #free: number[];

  constructor(places: number) {
    this.#free = Array.from({ length: places }, (_, place) => place);
  }

  get size(): number {
    return this.#byId.size;
  }

  [Symbol.iterator](): Iterator<HeldPair> {
    return this.#byId.values();
  }

  get(id: string): HeldPair | undefined {
    return this.#byId.get(id);
  }

  /**
   * Pairs in whose place an offer steps: the same IPv6 peer has lost its end, or the coordinator has given the other end
   * up and another peer has since proved the prefix.
   */
  replacedBy(peer: string, prefix: string): HeldPair[] {
    return [...this].filter((pair) => pair.peer === peer || (pair.isOrphan && pair.prefix === prefix));
  }

  /** Takes a place for a pair, or `undefined` if none is free. */
  takePlace(): number | undefined {
    return this.#free.shift();
  }

  add(pair: HeldPair): void {
    this.#byId.set(pair.id, pair);
  }

  /** Forgets a pair and frees its place. */
  remove(pair: HeldPair): void {
    if (this.#byId.delete(pair.id)) this.#free.push(pair.place);
  }

  /** Gives back a place for which no pair was added. */
  giveBack(place: number): void {
    this.#free.unshift(place);
  }

  /** The pair whose Teredo address stands at `at`. */
  findByTeredo(bytes: Uint8Array, at: number): HeldPair | undefined {
    if (!isTeredo(bytes, at)) return undefined;
    for (const pair of this.#byId.values()) {
      const { teredo } = pair;
      if (teredo?.every((byte, i) => byte === bytes[at + i])) return pair;
    }
    return undefined;
  }
}
