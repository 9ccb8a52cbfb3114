/** All pairs of an IPv4 peer, and the free places. */
import { isTeredo } from "@nat64/teredo";
import { happened, type V4PeerOutput } from "../outputs.ts";
import type { ValidatedRelays } from "../relays/validated-relays.ts";
import type { V4Pair } from "./v4-pair.ts";

export class V4Pairs {
  readonly #byId: Map<string, V4Pair> = new Map();
  /** Free places, the longest free first, so that the host's remaining state of the previous pair can expire. */
  readonly #free: number[];
  readonly #relays: ValidatedRelays;

  /** @param places maximum number of pairs @param relays from which the relays of an ended pair are removed */
  constructor(places: number, relays: ValidatedRelays) {
    this.#relays = relays;
    this.#free = Array.from({ length: places }, (_, place) => place);
  }

  get size(): number {
    return this.#byId.size;
  }

  [Symbol.iterator](): Iterator<V4Pair> {
    return this.#byId.values();
  }

  get(id: string): V4Pair | undefined {
    return this.#byId.get(id);
  }

  /**
   * Pairs that an offer replaces: the same IPv6 peer has lost its end, or the coordinator has given up the other end
   * and another peer has since proved the prefix.
   */
  replacedBy(peer: string, prefix: string): V4Pair[] {
    return [...this].filter((pair) => pair.peer === peer || (pair.isOrphan && pair.prefix === prefix));
  }

  /** Allocates a place for a pair. Returns `undefined` if none is free. */
  takePlace(): number | undefined {
    return this.#free.shift();
  }

  add(pair: V4Pair): void {
    this.#byId.set(pair.id, pair);
  }

  /** Ends a pair: removes it and its relays, and frees its place. @returns outputs for the driver and the log */
  end(pair: V4Pair, reason: string): readonly V4PeerOutput[] {
    if (this.#byId.delete(pair.id)) this.#free.push(pair.place);
    this.#relays.clear(pair.place);
    const ended = happened({ name: "pair-ended", pair: pair.id, place: pair.place, reason });
    return pair.teredo === undefined ? [ended] : [{ kind: "pair-removed", place: pair.place }, ended];
  }

  /** Frees a place for which no pair was added. */
  giveBack(place: number): void {
    this.#free.unshift(place);
  }

  /** The pair with the Teredo address at `at`. */
  findByTeredo(bytes: Uint8Array, at: number): V4Pair | undefined {
    if (!isTeredo(bytes, at)) return undefined;
    for (const pair of this.#byId.values()) {
      const { teredo } = pair;
      if (teredo?.every((byte, i) => byte === bytes[at + i])) return pair;
    }
    return undefined;
  }
}
