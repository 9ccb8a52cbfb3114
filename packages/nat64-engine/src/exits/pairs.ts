/** The pairs of an IPv4 peer: how packets of each look on both sides. Typed arrays, asked for every packet. */
import type { ExitRules } from "./exit-rules.ts";

/** The most pairs of one IPv4 peer. */
export const MAX_PAIRS = 64;

/** No pair. */
export const NO_PAIR = -1;

/** What a pair is made from. Addresses are words. */
export interface Pair {
  /** The pair's Teredo address `T`. */
  readonly teredo: readonly [number, number, number, number];
  /** The first three words of `P:e::/96`: the IPv6 peer's /80 with the pair's selector. */
  readonly prefix: readonly [number, number, number];
  /** The local IPv4 address `L` that stands for the pair on this host. */
  readonly local: number;
  /** What may leave through it. */
  readonly rules: ExitRules;
}

/** Which pairs there are. */
export class Pairs {
  readonly #teredo = new Int32Array(MAX_PAIRS * 4);
  readonly #prefix = new Int32Array(MAX_PAIRS * 3);
  readonly #local = new Int32Array(MAX_PAIRS);
  readonly #rules: (ExitRules | undefined)[] = new Array(MAX_PAIRS).fill(undefined);
  /** Places below this one may be in use. */
  #end = 0;

  /** Puts a pair in a place 0 … 63, instead of the one that was there. Throws a RangeError for another place. */
  set(place: number, pair: Pair): void {
    if (place < 0 || place >= MAX_PAIRS) throw new RangeError(`There is no place ${place} for a pair.`);
    this.#teredo.set(pair.teredo, place * 4);
    this.#prefix.set(pair.prefix, place * 3);
    this.#local[place] = pair.local;
    this.#rules[place] = pair.rules;
    this.#end = Math.max(this.#end, place + 1);
  }

  /** Forgets a pair. */
  remove(place: number): void {
    this.#rules[place] = undefined;
    while (this.#end > 0 && this.#rules[this.#end - 1] === undefined) this.#end--;
  }

  /** The pair of a Teredo address, or {@link NO_PAIR}. */
  findByTeredo(address: Int32Array): number {
    const teredo = this.#teredo;
    for (let place = 0; place < this.#end; place++) {
      const at = place * 4;
      // Pairs of one peer differ in their random bits (design §3), so most are told apart by one word.
      if (teredo[at + 2] !== address[2] || this.#rules[place] === undefined) continue;
      if (teredo[at + 3] === address[3] && teredo[at + 1] === address[1] && teredo[at] === address[0]) return place;
    }
    return NO_PAIR;
  }

  /** The pair of a local IPv4 address, or {@link NO_PAIR}. */
  findByLocal(address: number): number {
    for (let place = 0; place < this.#end; place++) {
      if (this.#local[place] === address && this.#rules[place] !== undefined) return place;
    }
    return NO_PAIR;
  }

  /** Whether an address lies in the pair's `P:e::/96`. */
  isInPrefix(place: number, address: Int32Array): boolean {
    const prefix = this.#prefix;
    const at = place * 3;
    return prefix[at + 2] === address[2] && prefix[at + 1] === address[1] && prefix[at] === address[0];
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

  /** Whether the pair's rules let a packet out. */
  allows(place: number, address: number, protocol: number, port: number): boolean {
    return this.#rules[place]?.allows(address, protocol, port) ?? false;
  }
}
