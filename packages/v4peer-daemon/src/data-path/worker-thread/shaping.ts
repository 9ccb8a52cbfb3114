/**
 * The bandwidth limits: the owner's for everything, and the coordinator's for each pair. Packets above a limit wait in fair queues,
 * those to IPv4 before the engine, those to IPv6 after it. So both directions count IPv6 packets.
 */
import { MAX_PAIRS, type Pairs, RESERVE } from "@nat64/nat64-engine";
import { PairOwner, QUEUE_BLOCK, Shaper } from "@nat64/nat64-engine/shaping";
import type { DatagramBatch } from "@nat64/packet-io/packets";
import type { LoopTask } from "@nat64/packet-io/wait";
import type { ShapingView } from "../messages.ts";

/** Capacity of each direction's queue in blocks: 32 MiB. The system allocates only the memory that packets use. */
const QUEUE_BLOCKS = 16_384;

/** Bytes of the queues of both directions. */
export const QUEUE_BYTES: number = 2 * QUEUE_BLOCKS * QUEUE_BLOCK;

/** The parts of the thread that shaping uses. */
export interface ShapingParts {
  readonly pairs: Pairs;
  /** Bits per second in each direction, `undefined` for no limit. */
  readonly bandwidth: number | undefined;
  /** A buffer. Its first {@link QUEUE_BYTES} are for the queues, the batches are in the rest of it. */
  readonly memory: Uint8Array;
  /** Random 32-bit words. */
  readonly random: () => number;
  /** Milliseconds. */
  readonly now: number;
}

/** Where packets go that have waited. */
export interface ShapingTargets {
  /** A batch for packets to IPv4, and what takes it. */
  readonly toIPv4: DatagramBatch;
  readonly translate: (packets: DatagramBatch, now: number) => void;
  /** A batch for packets to IPv6, and what takes it. */
  readonly toIPv6: DatagramBatch;
  readonly transmit: (packets: DatagramBatch) => void;
}

export class Shaping implements LoopTask {
  readonly #toIPv4: Shaper;
  readonly #toIPv6: Shaper;
  #targets: ShapingTargets | undefined;
  #deadline = Number.POSITIVE_INFINITY;

  constructor({ pairs, bandwidth, memory, random, now }: ShapingParts) {
    const queue = { bytes: memory, from: 0, blocks: QUEUE_BLOCKS };
    const sitesWithRates = MAX_PAIRS;
    this.#toIPv4 = new Shaper({ owner: new PairOwner(pairs, "up"), sitesWithRates, memory: queue, random });
    const other = { ...queue, from: QUEUE_BLOCKS * QUEUE_BLOCK };
    this.#toIPv6 = new Shaper({ owner: new PairOwner(pairs, "down"), sitesWithRates, memory: other, random });
    const settings = bandwidth === undefined ? undefined : { rate: bandwidth };
    this.#toIPv4.set(settings, now);
    this.#toIPv6.set(settings, now);
  }

  /** Says where packets go that have waited, before any does. */
  attach(targets: ShapingTargets): void {
    this.#targets = targets;
  }

  /** Whether there is any limit. */
  get isOn(): boolean {
    return this.#toIPv4.isOn;
  }

  /** The coordinator's limit for a pair, in bits per second in each direction; `undefined` removes it. */
  limit(pair: number, bitsPerSecond: number | undefined, now: number): void {
    this.#toIPv4.limit(pair, bitsPerSecond, now);
    this.#toIPv6.limit(pair, bitsPerSecond, now);
    this.#deadline = now;
  }

  /** Reduces a batch of IPv6 packets to those that may pass to the engine now. */
  admitToIPv4(packets: DatagramBatch, now: number): void {
    this.#toIPv4.admit(packets, now);
  }

  /** Takes those IPv6 packets out of a batch that may not leave now. Addresses of slots are lost. */
  admitToIPv6(packets: DatagramBatch, now: number): void {
    this.#toIPv6.admit(packets, now);
  }

  nextDeadline(): number {
    return this.#deadline;
  }

  /** Releases packets that may pass now. */
  advance(now: number): void {
    // Packets that were queued when a limit was removed are still released.
    if (this.#targets === undefined || (!this.isOn && now < this.#deadline)) return;
    const { toIPv4, toIPv6, translate, transmit } = this.#targets;
    while (this.#toIPv4.release(toIPv4, toIPv4.bytes.length - RESERVE, now) > 0) translate(toIPv4, now);
    while (this.#toIPv6.release(toIPv6, toIPv6.bytes.length - RESERVE, now) > 0) transmit(toIPv6);
    this.#deadline = Math.min(this.#toIPv4.nextDeadline(now), this.#toIPv6.nextDeadline(now));
  }

  /** Counters since the start. */
  look(): ShapingView {
    return { ipv4: this.#toIPv4.counters(), ipv6: this.#toIPv6.counters() };
  }
}
