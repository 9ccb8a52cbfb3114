/**
 * Bandwidth in the data path's thread: packets from clients are shaped before the engine, packets to clients after it. So
 * both directions are counted on the clients' side.
 */
import { type createEngine, RESERVE, type ReasonCode } from "@nat64/nat64-engine";
import { ClientOwner, DailyShares, QUEUE_BLOCK, type SavedShares, Shaper } from "@nat64/nat64-engine/shaping";
import type { DatagramBatch, PacketBatch } from "@nat64/packet-io/packets";
import type { LoopTask } from "@nat64/packet-io/wait";
import type { BandwidthCounters, BandwidthOrder, SharesOrder } from "../../messages/bandwidth.ts";
import { BudgetGate } from "./budget-gate.ts";

/** Capacity of each direction's queue in blocks: 32 MiB. The system allocates only the memory that packets use. */
const QUEUE_BLOCKS = 16_384;

/** Bytes of the queues of both directions. */
export const QUEUE_BYTES: number = 2 * QUEUE_BLOCKS * QUEUE_BLOCK;

type Engine = ReturnType<typeof createEngine>;

/** The parts of the thread that shaping uses. `input` and `output` share their bytes, in the same buffer as the queues. */
export interface ShapingParts {
  readonly engine: Engine;
  /** A buffer. Its first {@link QUEUE_BYTES} are for the queues. */
  readonly memory: Uint8Array;
  readonly input: DatagramBatch;
  readonly output: DatagramBatch;
  /** Translates and sends a batch. */
  readonly translate: (packets: DatagramBatch, now: number) => void;
  /** Writes to the device. */
  readonly write: (packets: PacketBatch) => void;
  readonly random: () => number;
}

export class Shaping implements LoopTask {
  readonly #parts: ShapingParts;
  readonly #up: Shaper;
  readonly #down: Shaper;
  readonly #shares: DailyShares;
  readonly #gate = new BudgetGate();
  #day: number | undefined;
  #engine: Engine;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(parts: ShapingParts) {
    const { memory, random, engine } = parts;
    this.#parts = parts;
    this.#engine = engine;
    const queue = { bytes: memory, from: 0, blocks: QUEUE_BLOCKS };
    this.#shares = new DailyShares(random);
    const shares = this.#shares;
    // The engine refuses packets of clients without a share, and tells them.
    this.#up = new Shaper({ owner: new ClientOwner("up"), shares, passesRefused: true, memory: queue, random });
    this.#down = new Shaper({
      shares,
      owner: new ClientOwner("down"),
      memory: { ...queue, from: QUEUE_BLOCKS * QUEUE_BLOCK },
      random,
    });
  }

  /** Switches to another engine. */
  attach(engine: Engine): void {
    this.#engine = engine;
    this.#applyGate();
  }

  /** Sets the limits; without an order, packets pass unlimited and uncounted. */
  set(order: BandwidthOrder | undefined, now: number): void {
    this.#up.set(order?.up, now);
    this.#down.set(order?.down, now);
    this.#gate.set(order?.until, order?.reserve);
    this.#setShares(order?.shares);
    this.#gate.pass(this.#passed);
    this.#applyGate();
    this.#deadline = now;
  }

  /** Reduces a batch from the device to the packets that may pass to the engine now. */
  fromDevice(packets: DatagramBatch, now: number): void {
    // Once the quota is used up, the engine answers clients with errors.
    if (this.#gate.state !== "used") this.#up.admit(packets, now);
  }

  /** Writes the packets to the device that may pass now. */
  toDevice(packets: DatagramBatch, now: number): void {
    this.#down.admit(packets, now);
    if (packets.count > 0) this.#parts.write(packets);
  }

  nextDeadline(): number {
    return this.#deadline;
  }

  /** Releases queued packets that may pass now. */
  advance(now: number): void {
    // Packets that were queued when the limit was removed are still released.
    if (!this.#up.isOn && now < this.#deadline) return;
    const { input, output, translate, write } = this.#parts;
    const end = input.bytes.length - RESERVE;
    while (this.#up.release(input, end, now) > 0) translate(input, now);
    while (this.#down.release(output, end, now) > 0) write(output);
    if (this.#gate.pass(this.#passed)) this.#applyGate();
    this.#deadline = Math.min(this.#up.nextDeadline(now), this.#down.nextDeadline(now));
  }

  /** What clients used today, to continue with after a restart. */
  shares(): SavedShares {
    return this.#shares.save();
  }

  /** Resets the longest delays. */
  forgetLongestDelays(): void {
    this.#up.forgetLongestDelay();
    this.#down.forgetLongestDelay();
  }

  /** Counters since the start; `undefined` if nothing is shaped or counted. */
  counters(): BandwidthCounters | undefined {
    if (!this.#up.isOn) return undefined;
    return { up: this.#up.counters(), down: this.#down.counters(), budget: this.#gate.state };
  }

  /** Adds the packets dropped here to the engine's drops, by reason. */
  addDrops(drops: Readonly<Record<string, number>>): Record<string, number> {
    const [up, down] = [this.#up.counters(), this.#down.counters()];
    const all = { ...drops };
    const add = (reason: ReasonCode, count: number) => {
      if (count > 0) all[reason] = (all[reason] ?? 0) + count;
    };
    add("queue-delay", up.droppedForDelay + down.droppedForDelay);
    add("queue-full", up.droppedForRoom + down.droppedForRoom);
    add("budget-used", up.refused + down.refused);
    add("share-used", up.withoutShare + down.withoutShare);
    return all;
  }

  get #passed(): number {
    return this.#up.bytes + this.#down.bytes;
  }

  #setShares(order: SharesOrder | undefined): void {
    const shares = this.#shares;
    if (order !== undefined) {
      if (this.#day !== undefined && this.#day !== order.day) shares.clear();
      if (order.kept !== undefined) shares.restore(order.kept);
      this.#day = order.day;
    }
    shares.set(order);
  }

  #applyGate(): void {
    const { state } = this.#gate;
    const { drains } = this.#engine;
    if (drains !== undefined) {
      drains.isBudgetLow = state !== "open";
      drains.shares = this.#shares;
    }
    this.#engine.refusesClients = state === "used";
    this.#up.isClosed = state === "used";
    this.#down.isClosed = state === "used";
  }
}
