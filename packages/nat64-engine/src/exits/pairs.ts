/** The pairs of an IPv4 peer: how packets of each look on both sides. Typed arrays, asked for every packet. */
import type { ExitRules } from "./exit-rules.ts";
import { PlaceIndex } from "./place-index.ts";

/** The maximum number of pairs of an IPv4 peer. */
export const MAX_PAIRS = 64;

/** The maximum number of pairs of an engine that acts for many IPv4 peers. */
export const MAX_PAIRS_OF_ENGINE = 16_384;

/** No pair. */
export const NO_PAIR = -1;

/** The addresses and rules of a pair. Addresses are words. */
export interface ExitPair {
  /** The pair's Teredo address `T`. */
  readonly teredo: readonly [number, number, number, number];
  /** The first three words of `P:e::/96`: the IPv6 peer's /80 with the pair's selector. */
  readonly prefix: readonly [number, number, number];
  /** The local IPv4 address `L` that stands for the pair on this host. */
  readonly local: number;
  /** The destinations that it allows. */
  readonly rules: ExitRules;
}

/** The pairs of an IPv4 peer. */
export class Pairs {
  /** Number of places. */
  readonly capacity: number;
  /** While set, is called when a pair has left its place, or is about to be replaced. */
  onRemoved: ((place: number) => void) | undefined;
  readonly #teredo: Int32Array;
  readonly #prefix: Int32Array;
  readonly #local: Int32Array;
  readonly #rules: (ExitRules | undefined)[];
  readonly #byTeredo: PlaceIndex;
  readonly #byLocal: PlaceIndex;

  /** @param capacity places for pairs */
  constructor(capacity: number = MAX_PAIRS) {
    this.capacity = capacity;
    this.#teredo = new Int32Array(capacity * 4);
    this.#prefix = new Int32Array(capacity * 3);
    this.#local = new Int32Array(capacity);
    this.#rules = new Array(capacity).fill(undefined);
    this.#byTeredo = new PlaceIndex(capacity);
    this.#byLocal = new PlaceIndex(capacity);
  }

  /** Puts a pair in a place from 0 on, replacing the one there. Throws a RangeError for a place out of range. */
  set(place: number, pair: ExitPair): void {
    if (!(place >= 0 && place < this.capacity)) throw new RangeError(`There is no place ${place} for a pair.`);
    this.remove(place);
    this.#teredo.set(pair.teredo, place * 4);
    this.#prefix.set(pair.prefix, place * 3);
    this.#local[place] = pair.local;
    this.#rules[place] = pair.rules;
    this.#byTeredo.add(place, this.#teredoWord(place));
    this.#byLocal.add(place, pair.local);
  }

  /** Forgets a pair, if there is one. */
  remove(place: number): void {
    if (this.#rules[place] === undefined) return;
    this.#byTeredo.remove(place, this.#teredoWord(place));
    this.#byLocal.remove(place, this.#local[place]);
    this.#rules[place] = undefined;
    this.onRemoved?.(place);
  }

  /** The pair of a Teredo address, or {@link NO_PAIR}. */
  findByTeredo(address: Int32Array): number {
    const teredo = this.#teredo;
    const index = this.#byTeredo;
    for (let place = index.first(address[2] ^ address[3]); place !== NO_PAIR; place = index.after(place)) {
      const at = place * 4;
      if (
        teredo[at + 2] === address[2] &&
        teredo[at + 3] === address[3] &&
        teredo[at + 1] === address[1] &&
        teredo[at] === address[0]
      ) {
        return place;
      }
    }
    return NO_PAIR;
  }

  /** The pair of a local IPv4 address, or {@link NO_PAIR}. */
  findByLocal(address: number): number {
    let place = this.#byLocal.first(address);
    while (place !== NO_PAIR && this.#local[place] !== address) place = this.#byLocal.after(place);
    return place;
  }

  /** Whether an address lies in the pair's `P:e::/96`. */
  isInPrefix(place: number, address: Int32Array): boolean {
    const prefix = this.#prefix;
    const at = place * 3;
    return prefix[at + 2] === address[2] && prefix[at + 1] === address[1] && prefix[at] === address[0];
  }

  /** Whether an address is the pair's `T`. */
  isTeredo(place: number, address: Int32Array): boolean {
    const teredo = this.#teredo;
    const at = place * 4;
    return (
      teredo[at + 3] === address[3] &&
      teredo[at + 2] === address[2] &&
      teredo[at + 1] === address[1] &&
      teredo[at] === address[0]
    );
  }

  /** Writes `P:e:ipv4`. */
  embed(place: number, ipv4: number, address: Int32Array): void {
    for (let word = 0; word < 3; word++) address[word] = this.#prefix[place * 3 + word];
    address[3] = ipv4;
  }

  /** Writes `T`. */
  copyTeredo(place: number, address: Int32Array): void {
    for (let word = 0; word < 4; word++) address[word] = this.#teredo[place * 4 + word];
  }

  /** `L`. */
  local(place: number): number {
    return this.#local[place];
  }

  /** Whether the pair's rules allow a packet. */
  allows(place: number, address: number, protocol: number, port: number): boolean {
    return this.#rules[place]?.allows(address, protocol, port) ?? false;
  }

  /** The part of a Teredo address that differs: random bits and port of a peer's pairs (design §3), and the peer's address. */
  #teredoWord(place: number): number {
    return this.#teredo[place * 4 + 2] ^ this.#teredo[place * 4 + 3];
  }
}
