/**
 * The peer exits of an IPv6 peer: which pairs there are, and the addresses of their packets. Read for every packet, so
 * everything is in typed arrays. The machine of a path changes it a few times a minute.
 */
import { KeyedHash } from "../hash/keyed-hash.ts";
import { DataLiveness } from "./data/data-liveness.ts";
import { Drains } from "./drains.ts";
import { MAX_PEER_EXITS, NO_EXIT } from "./exit-numbers.ts";
import type { ExitPolicy } from "./exit-policy.ts";

export { LOCAL_EXIT, MAX_PEER_EXITS, NO_EXIT } from "./exit-numbers.ts";

/** Default number of ports of each protocol in a pair's block (design §4). */
export const PAIR_PORTS = 4096;

/** Maximum number of ports of each protocol in a pair's block: all from 1024 to 65535. */
export const MAX_PAIR_PORTS = 64_512;

/** The properties of an exit. */
export interface PeerExit {
  /** Pinned selector, 0x0001 … 0xfeff. */
  readonly selector: number;
  /** The pair's Teredo address as words. */
  readonly teredo: readonly [number, number, number, number];
  /** First port of the block that the IPv4 peer granted, for all protocols. */
  readonly firstPort: number;
  /** Ports of the block, a multiple of 64; default {@link PAIR_PORTS}, at most {@link MAX_PAIR_PORTS}. */
  readonly ports?: number;
  /** Its share of new clients, relative to other exits; more than 0. */
  readonly weight: number;
  /** Whether it accepts traffic to any destination (`internet`); otherwise it is used by its selector only. */
  readonly automatic: boolean;
  /** Whether clients may use its selector for any destination. */
  readonly pinnable: boolean;
  /** The destinations that it publishes: reachable by its selector, including private addresses. */
  readonly published: ExitPolicy;
}

/** The exits of an IPv6 peer. */
export class PeerExits {
  readonly #bySelector = new Int16Array(65_536).fill(NO_EXIT);
  readonly #teredo = new Int32Array((MAX_PEER_EXITS + 1) * 4);
  readonly #selector = new Int32Array(MAX_PEER_EXITS + 1);
  readonly #firstPort = new Int32Array(MAX_PEER_EXITS + 1);
  readonly #ports = new Int32Array(MAX_PEER_EXITS + 1);
  readonly #weight = new Float64Array(MAX_PEER_EXITS + 1);
  readonly #present = new Uint8Array(MAX_PEER_EXITS + 1);
  readonly #up = new Uint8Array(MAX_PEER_EXITS + 1);
  readonly #suspect = new Uint8Array(MAX_PEER_EXITS + 1);
  readonly #unreachable = new Uint8Array(MAX_PEER_EXITS + 1);
  readonly #sent = new Float64Array(MAX_PEER_EXITS + 1);
  readonly #received = new Float64Array(MAX_PEER_EXITS + 1);
  /** Bytes by exit. At place 0, which no peer exit has: the sum of all exits since the start. */
  readonly #sentBytes = new Float64Array(MAX_PEER_EXITS + 1);
  readonly #receivedBytes = new Float64Array(MAX_PEER_EXITS + 1);
  readonly #automatic = new Uint8Array(MAX_PEER_EXITS + 1);
  readonly #pinnable = new Uint8Array(MAX_PEER_EXITS + 1);
  readonly #published: (ExitPolicy | undefined)[] = new Array(MAX_PEER_EXITS + 1).fill(undefined);

  readonly #drains: Drains;

  /** Whether data comes back through each exit, the local one (0) included. */
  readonly data: DataLiveness;

  /** @param drains which of them are draining @param hash with a random key: clients choose destinations */
  constructor(drains: Drains = new Drains(), hash: KeyedHash = new KeyedHash(0, 0)) {
    this.#drains = drains;
    this.data = new DataLiveness(hash);
  }

  /** Called after an exit was added: from then on its ports can be allocated. */
  onAdded: (exit: number) => void = () => {};

  /** Adds an exit in a place 1 … 32; it is down until {@link setUp}. Throws a RangeError for a place or selector in use. */
  add(exit: number, peer: PeerExit): void {
    if (exit < 1 || exit > MAX_PEER_EXITS || this.#present[exit] === 1)
      throw new RangeError(`Exit ${exit} is not free.`);
    if (this.#bySelector[peer.selector] !== NO_EXIT) throw new RangeError(`Selector ${peer.selector} is in use.`);
    this.#bySelector[peer.selector] = exit;
    this.#selector[exit] = peer.selector;
    this.#firstPort[exit] = peer.firstPort;
    this.#ports[exit] = peer.ports ?? PAIR_PORTS;
    this.#weight[exit] = peer.weight;
    this.#automatic[exit] = peer.automatic ? 1 : 0;
    this.#pinnable[exit] = peer.pinnable ? 1 : 0;
    this.#published[exit] = peer.published;
    this.#present[exit] = 1;
    this.#up[exit] = 0;
    this.setDraining(exit, false);
    this.#suspect[exit] = 0;
    this.#unreachable[exit] = 0;
    this.#sent[exit] = 0;
    this.#received[exit] = 0;
    this.#sentBytes[exit] = 0;
    this.#receivedBytes[exit] = 0;
    this.setTeredo(exit, peer.teredo);
    this.data.forget(exit);
    this.onAdded(exit);
  }

  /** Removes an exit. Its place can be used again when its sessions have ended. */
  remove(exit: number): void {
    if (this.#present[exit] === 0) return;
    this.#bySelector[this.#selector[exit]] = NO_EXIT;
    this.#present[exit] = 0;
    this.#up[exit] = 0;
    this.setDraining(exit, false);
    this.#published[exit] = undefined;
  }

  /** Sets a new mapping of the same pair: its sessions continue (design §4). */
  setTeredo(exit: number, words: readonly [number, number, number, number]): void {
    this.#teredo.set(words, exit * 4);
  }

  /** Sets whether the path of an exit works. New clients only get exits that are up. */
  setUp(exit: number, up: boolean): void {
    if (up && this.#up[exit] === 0) this.data.restart(exit);
    this.#up[exit] = up ? 1 : 0;
  }

  /** Starts or cancels draining: a draining exit gets no new clients, and open sessions continue. */
  setDraining(exit: number, draining: boolean): void {
    this.#drains.set(exit, draining);
  }

  /** Sets whether the path of an exit is suspect: new clients get it only when there is no other exit. */
  setSuspect(exit: number, suspect: boolean): void {
    this.#suspect[exit] = suspect ? 1 : 0;
  }

  isSuspect(exit: number): boolean {
    return this.#suspect[exit] === 1;
  }

  /** Counts a client's packet of `length` bytes that leaves through an exit. */
  countSent(exit: number, length: number): void {
    this.#sent[exit]++;
    this.#sentBytes[exit] += length;
    this.#sentBytes[0] += length;
  }

  /** Counts a packet of `length` bytes from an exit. */
  countReceived(exit: number, length: number): void {
    this.#received[exit]++;
    this.#receivedBytes[exit] += length;
    this.#receivedBytes[0] += length;
  }

  /** Packets sent to the exit since it was added. */
  sent(exit: number): number {
    return this.#sent[exit];
  }

  /** Packets received from the exit since it was added. */
  received(exit: number): number {
    return this.#received[exit];
  }

  /** Bytes sent to the exit since it was added; without an exit: to all exits since the start. */
  sentBytes(exit = 0): number {
    return this.#sentBytes[exit];
  }

  /** Bytes received, likewise. */
  receivedBytes(exit = 0): number {
    return this.#receivedBytes[exit];
  }

  /** Notes that a relay reported the exit as unreachable. */
  noteUnreachable(exit: number): void {
    this.#unreachable[exit] = 1;
  }

  /** Whether a relay reported the exit as unreachable since the last call. */
  takeUnreachable(exit: number): boolean {
    const was = this.#unreachable[exit] === 1;
    this.#unreachable[exit] = 0;
    return was;
  }

  /** The exit of a selector, or {@link NO_EXIT}. */
  find(selector: number): number {
    return this.#bySelector[selector];
  }

  /** Whether the address is the exit's Teredo address. */
  isTeredo(exit: number, address: Int32Array): boolean {
    const teredo = this.#teredo;
    const at = exit * 4;
    return (
      teredo[at + 3] === address[3] &&
      teredo[at + 2] === address[2] &&
      teredo[at + 1] === address[1] &&
      teredo[at] === address[0]
    );
  }

  /** Writes the exit's Teredo address. */
  copyTeredo(exit: number, address: Int32Array): void {
    for (let word = 0; word < 4; word++) address[word] = this.#teredo[exit * 4 + word];
  }

  selector(exit: number): number {
    return this.#selector[exit];
  }

  firstPort(exit: number): number {
    return this.#firstPort[exit];
  }

  /** Ports of the exit's block, used in blocks of 64. */
  ports(exit: number): number {
    return this.#ports[exit];
  }

  isPresent(exit: number): boolean {
    return this.#present[exit] === 1;
  }

  /** Whether packets of existing sessions can be sent. */
  isUp(exit: number): boolean {
    return this.#up[exit] === 1;
  }

  /** Whether the exit accepts new clients that use the automatic selector. */
  takesNewClients(exit: number): boolean {
    return this.#up[exit] === 1 && this.#automatic[exit] === 1 && !this.#drains.has(exit);
  }

  setWeight(exit: number, weight: number): void {
    this.#weight[exit] = weight;
  }

  /** Share of new clients. */
  weight(exit: number): number {
    return this.#weight[exit];
  }

  /** Whether a client may use the exit's selector for any destination. */
  isPinnable(exit: number): boolean {
    return this.#pinnable[exit] === 1;
  }

  /** Whether the exit publishes a service there. */
  publishes(exit: number, address: number, protocol: number, port: number): boolean {
    return this.#published[exit]?.allows(address, protocol, port) ?? false;
  }
}
