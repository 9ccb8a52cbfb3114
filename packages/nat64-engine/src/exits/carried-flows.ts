/**
 * Which flows an IPv4 peer carried lately. An ICMP error has to be about one of them: its sender can invent the packet inside.
 *
 * The kernel's connection tracking is the authority. This is the lock before it, which also holds while its rules are missing. A
 * flow is noted again with every packet, and an error follows within a round trip, so a small table is enough. Each pair has
 * sets of its own: no pair can push out the flows of another one.
 */
import type { KeyedHash } from "../hash/keyed-hash.ts";

/** Flows of a set: the newest and the one before. */
const WAYS = 2;
/** Words of a flow: remote address, remote port and local port, protocol. */
const WORDS = 3;
const SET_WORDS = WAYS * WORDS;

/** Sets of a pair, a power of two: room for the 4,096 flows of a port block. The memory is touched when it is used. */
const MAX_SETS = 2048;
/** Sets of all pairs, unless there are so many pairs that each has only one. */
const ALL_SETS = 131_072;

/** The protocol word says that the place is used. */
const USED = 0x100;

/** The flows of each pair. Nothing here allocates after the constructor. */
export class CarriedFlows {
  readonly #hash: KeyedHash;
  readonly #words: Int32Array;
  readonly #mask: number;

  /** @param pairs number of places for pairs @param hash with a random key: clients choose addresses and ports */
  constructor(pairs: number, hash: KeyedHash) {
    const perPair = Math.min(MAX_SETS, Math.max(1, Math.floor(ALL_SETS / pairs)));
    const sets = 1 << (31 - Math.clz32(perPair));
    this.#hash = hash;
    this.#mask = sets - 1;
    this.#words = new Int32Array(pairs * sets * SET_WORDS);
  }

  /**
   * A packet of a flow passed, in either direction.
   *
   * @param protocol the IPv4 protocol number @param remotePort @param localPort ports, or the Identifier for both
   */
  note(pair: number, remote: number, protocol: number, remotePort: number, localPort: number): void {
    const words = this.#words;
    const ports = (remotePort << 16) | localPort;
    const kind = protocol | USED;
    const at = this.#setOf(pair, remote, ports, kind);
    if (words[at] === remote && words[at + 1] === ports && words[at + 2] === kind) return;
    words[at + 3] = words[at];
    words[at + 4] = words[at + 1];
    words[at + 5] = words[at + 2];
    words[at] = remote;
    words[at + 1] = ports;
    words[at + 2] = kind;
  }

  /** Whether a packet of the flow passed lately. */
  has(pair: number, remote: number, protocol: number, remotePort: number, localPort: number): boolean {
    const words = this.#words;
    const ports = (remotePort << 16) | localPort;
    const kind = protocol | USED;
    const at = this.#setOf(pair, remote, ports, kind);
    return (
      (words[at] === remote && words[at + 1] === ports && words[at + 2] === kind) ||
      (words[at + 3] === remote && words[at + 4] === ports && words[at + 5] === kind)
    );
  }

  /** Forgets the flows of a pair: its place goes to another one. */
  forget(pair: number): void {
    const length = (this.#mask + 1) * SET_WORDS;
    this.#words.fill(0, pair * length, (pair + 1) * length);
  }

  #setOf(pair: number, remote: number, ports: number, kind: number): number {
    const set = this.#hash.of3(remote, ports, kind) & this.#mask;
    return (pair * (this.#mask + 1) + set) * SET_WORDS;
  }
}
