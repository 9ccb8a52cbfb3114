/**
 * The relay's list of peers (RFC 4380 §5.2): fixed records in one buffer, with a chained hash index. Each peer is in
 * one of three queues, by its state. All memory is allocated at the start.
 *
 * An index identifies a peer until the peer is freed.
 */
import { KeyedHash } from "../hash/keyed-hash.ts";

/** No peer. */
export const NO_PEER = -1;

/** States of a peer. Each has a queue, ordered by the time at which peers entered it. */
export const WAITING = 0;
export const LOCKED = 1;
export const TRUSTED = 2;
const STATES = 3;

/** Words of a record. The first word of a Teredo address is constant and not stored. */
const STRIDE = 16;
const SERVER = 0;
const FLAGS_PORT = 1;
const ADDRESS = 2;
const NEXT = 3;
const STATE = 4;
const MAPPED_ADDRESS = 5;
const MAPPED_PORT = 6;
const BUBBLES = 7;
const NONCE = 8;
const NEWER = 10;
const OLDER = 11;
const UNSOLICITED = 12;
/** Milliseconds modulo 2³², as an int32: a function that returns a double would allocate per packet. */
const RECEIVED = 13;

export class PeerTable {
  /** Capacity, in peers. */
  readonly capacity: number;
  readonly #records: Int32Array;
  readonly #heads: Int32Array;
  readonly #hash: KeyedHash;
  /** When a peer entered its queue, in milliseconds. */
  readonly #entered: Float64Array;
  readonly #oldest: Int32Array = new Int32Array(STATES).fill(NO_PEER);
  readonly #newest: Int32Array = new Int32Array(STATES).fill(NO_PEER);
  readonly #counts: Int32Array = new Int32Array(STATES);
  #free = 0;
  #unsolicited = 0;

  constructor(capacity: number, hashKey: readonly [number, number]) {
    this.capacity = capacity;
    this.#records = new Int32Array(capacity * STRIDE);
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(capacity, 2)))).fill(NO_PEER);
    this.#hash = new KeyedHash(hashKey[0], hashKey[1]);
    this.#entered = new Float64Array(capacity);
    for (let peer = 0; peer < capacity; peer++) {
      this.#records[peer * STRIDE + NEXT] = peer + 1 < capacity ? peer + 1 : NO_PEER;
    }
  }

  /** Finds a peer by the last three words of its Teredo address. Allocates nothing. */
  find(server: number, flagsPort: number, address: number): number {
    const records = this.#records;
    let peer = this.#heads[this.#hash.of3(server, flagsPort, address) & (this.#heads.length - 1)];
    while (peer >= 0) {
      const at = peer * STRIDE;
      if (records[at + ADDRESS] === address && records[at + FLAGS_PORT] === flagsPort && records[at] === server) break;
      peer = records[at + NEXT];
    }
    return peer;
  }

  /** Adds a peer that is not in the table. @returns its index, or {@link NO_PEER} if the table is full */
  add(server: number, flagsPort: number, address: number, state: number, now: number): number {
    const peer = this.#free;
    if (peer < 0) return NO_PEER;
    const at = peer * STRIDE;
    const bucket = this.#hash.of3(server, flagsPort, address) & (this.#heads.length - 1);
    this.#free = this.#records[at + NEXT];
    this.#records.fill(0, at, at + STRIDE);
    this.#records[at + SERVER] = server;
    this.#records[at + FLAGS_PORT] = flagsPort;
    this.#records[at + ADDRESS] = address;
    this.#records[at + NEXT] = this.#heads[bucket];
    this.#records[at + MAPPED_ADDRESS] = ~address;
    this.#records[at + MAPPED_PORT] = ~flagsPort & 0xffff;
    this.#heads[bucket] = peer;
    this.touch(peer, now);
    this.#append(peer, state, now);
    return peer;
  }

  /** Frees a peer. */
  remove(peer: number): void {
    const records = this.#records;
    const at = peer * STRIDE;
    const bucket =
      this.#hash.of3(records[at + SERVER], records[at + FLAGS_PORT], records[at + ADDRESS]) & (this.#heads.length - 1);
    if (this.#heads[bucket] === peer) {
      this.#heads[bucket] = records[at + NEXT];
    } else {
      let before = this.#heads[bucket];
      while (records[before * STRIDE + NEXT] !== peer) before = records[before * STRIDE + NEXT];
      records[before * STRIDE + NEXT] = records[at + NEXT];
    }
    this.#unsolicited -= records[at + UNSOLICITED];
    this.#detach(peer);
    records[at + NEXT] = this.#free;
    this.#free = peer;
  }

  /** Moves a peer to the end of a state's queue. */
  enter(peer: number, state: number, now: number): void {
    this.#detach(peer);
    this.#append(peer, state, now);
  }

  /** The peer that has been in a state for longest, or {@link NO_PEER}. */
  oldest(state: number): number {
    return this.#oldest[state];
  }

  /** Peers in a state. */
  count(state: number): number {
    return this.#counts[state];
  }

  /** Number of peers that sent the first packet, see {@link markUnsolicited}. */
  get unsolicited(): number {
    return this.#unsolicited;
  }

  /** Notes that a peer sent the first packet. */
  markUnsolicited(peer: number): void {
    this.#records[peer * STRIDE + UNSOLICITED] = 1;
    this.#unsolicited++;
  }

  state(peer: number): number {
    return this.#records[peer * STRIDE + STATE];
  }

  entered(peer: number): number {
    return this.#entered[peer];
  }

  /** Milliseconds since a packet arrived from a peer, or since the peer was added. */
  idleMs(peer: number, now: number): number {
    return ((now | 0) - this.#records[peer * STRIDE + RECEIVED]) | 0;
  }

  /** Notes that a packet arrived from a peer. */
  touch(peer: number, now: number): void {
    this.#records[peer * STRIDE + RECEIVED] = now | 0;
  }

  mappedAddress(peer: number): number {
    return this.#records[peer * STRIDE + MAPPED_ADDRESS];
  }

  mappedPort(peer: number): number {
    return this.#records[peer * STRIDE + MAPPED_PORT];
  }

  setMapping(peer: number, address: number, port: number): void {
    this.#records[peer * STRIDE + MAPPED_ADDRESS] = address;
    this.#records[peer * STRIDE + MAPPED_PORT] = port;
  }

  /** Bubbles sent since the last packet from the peer. */
  bubbles(peer: number): number {
    return this.#records[peer * STRIDE + BUBBLES];
  }

  setBubbles(peer: number, bubbles: number): void {
    this.#records[peer * STRIDE + BUBBLES] = bubbles;
  }

  /** A word of the peer's Teredo address: 1 (server), 2 (flags and port) or 3 (address). */
  word(peer: number, word: number): number {
    return this.#records[peer * STRIDE + word - 1];
  }

  /** The first (0) or second (1) half of the peer's nonce. */
  nonce(peer: number, half: number): number {
    return this.#records[peer * STRIDE + NONCE + half];
  }

  setNonce(peer: number, first: number, second: number): void {
    this.#records[peer * STRIDE + NONCE] = first;
    this.#records[peer * STRIDE + NONCE + 1] = second;
  }

  /** All peers, in no particular order. */
  *[Symbol.iterator](): Generator<number> {
    for (let state = 0; state < STATES; state++) {
      for (let peer = this.#oldest[state]; peer >= 0; peer = this.#records[peer * STRIDE + NEWER]) yield peer;
    }
  }

  #append(peer: number, state: number, now: number): void {
    const at = peer * STRIDE;
    const older = this.#newest[state];
    this.#records[at + STATE] = state;
    this.#records[at + NEWER] = NO_PEER;
    this.#records[at + OLDER] = older;
    if (older >= 0) this.#records[older * STRIDE + NEWER] = peer;
    else this.#oldest[state] = peer;
    this.#newest[state] = peer;
    this.#entered[peer] = now;
    this.#counts[state]++;
  }

  #detach(peer: number): void {
    const at = peer * STRIDE;
    const state = this.#records[at + STATE];
    const newer = this.#records[at + NEWER];
    const older = this.#records[at + OLDER];
    if (older >= 0) this.#records[older * STRIDE + NEWER] = newer;
    else this.#oldest[state] = newer;
    if (newer >= 0) this.#records[newer * STRIDE + OLDER] = older;
    else this.#newest[state] = older;
    this.#counts[state]--;
  }
}
