import type { ClientCells } from "./client-cells.ts";
import { bitsOf, DATA_CLASSES, DataKind, EXITS, KINDS } from "./data-class.ts";
import type { DestinationCells } from "./destination-cells.ts";
import type { FlowShares } from "./exit-data.ts";
import type { LargePackets } from "./large-packets.ts";

/** With fewer cells than these, it is not known how an exit answers. */
export const MIN_KNOWN = 3;
/** So many clients that nobody sends a large packet to are not there by chance. */
const MIN_RECEIVERS = 6;
/** A share of fewer flows says little. */
const MIN_FLOWS = 24;
/** The share of the past moves by this part with each count: over about half a minute. */
const PAST_STEP = 1 / 128;

/** How each exit does in each kind of data, as counted last. */
export class Scores {
  /** Client cells without an answer. */
  readonly silent: Int32Array = new Int32Array(EXITS * KINDS);
  /** Client cells with one. */
  readonly alive: Int32Array = new Int32Array(EXITS * KINDS);
  /** Destination networks of silent cells. */
  readonly networks: Int32Array = new Int32Array(EXITS * KINDS);
  /** Flows of the last half minute, and those that were answered. */
  readonly opened: Int32Array = new Int32Array(EXITS * KINDS);
  readonly replied: Int32Array = new Int32Array(EXITS * KINDS);
  /** The share of answered flows, each client cell with the same weight; −1 while there are too few. */
  readonly share: Float64Array = new Float64Array(EXITS * KINDS).fill(-1);
  /** What it usually is; −1 before it was known. */
  readonly past: Float64Array = new Float64Array(EXITS * KINDS).fill(-1);
  /** Which exits have any flows to count: most places have no exit. */
  readonly isUsed: Uint8Array = new Uint8Array(EXITS);
  readonly #clients: ClientCells;
  readonly #destinations: DestinationCells;
  readonly #large: LargePackets;

  constructor(clients: ClientCells, destinations: DestinationCells, large: LargePackets) {
    this.#clients = clients;
    this.#destinations = destinations;
    this.#large = large;
  }

  /** Counts everything anew. */
  count(time: number): void {
    this.#clients.startPeriod(time);
    this.#destinations.startCount();
    for (let exit = 0; exit < EXITS; exit++) {
      if (this.isUsed[exit] === 1) this.#countExit(exit, time);
    }
  }

  /** How the new flows of a protocol do. */
  describe(exit: number, kind: number): FlowShares {
    const at = exit * KINDS + kind;
    const silent = this.silent[at];
    return { opened: this.opened[at], answered: this.replied[at], clients: silent + this.alive[at], silent };
  }

  /** Forgets what an exit usually does. */
  forget(exit: number): void {
    this.past.fill(-1, exit * KINDS, (exit + 1) * KINDS);
  }

  #countExit(exit: number, time: number): void {
    const clients = this.#clients;
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      const at = exit * KINDS + kind;
      clients.count(exit, kind, time);
      this.silent[at] = clients.silent;
      this.alive[at] = clients.alive;
      this.networks[at] = bitsOf(clients.destinations);
      this.opened[at] = clients.opened;
      this.replied[at] = clients.replied;
      this.#notePast(at);
      const isKnown = clients.shares >= MIN_KNOWN && clients.opened >= MIN_FLOWS;
      this.share[at] = isKnown ? clients.sumOfShares / clients.shares : -1;
      this.#destinations.count(exit, kind, time);
      if (kind === DataKind.tcp) this.#countLarge(exit, clients.recent, time);
    }
  }

  /** @param answered client cells with answered TCP connections */
  #countLarge(exit: number, answered: number, time: number): void {
    const large = this.#large;
    large.count(exit, time);
    const sent = exit * KINDS + DataKind.largeSent;
    this.silent[sent] = large.silent;
    this.alive[sent] = large.alive;
    const received = exit * KINDS + DataKind.largeReceived;
    this.alive[received] = large.receiving;
    this.silent[received] = large.receiving === 0 && answered >= MIN_RECEIVERS ? answered : 0;
  }

  /** The share before this count becomes a part of the past. */
  #notePast(at: number): void {
    const share = this.share[at];
    if (share < 0) return;
    this.past[at] = this.past[at] < 0 ? share : this.past[at] + (share - this.past[at]) * PAST_STEP;
  }
}
