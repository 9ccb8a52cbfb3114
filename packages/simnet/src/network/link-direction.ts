import type { Core } from "../core.ts";
import { Counters, type Statistics } from "../observe/counters.ts";
import { REASON } from "../observe/drop-reasons.ts";
import type { Hop, Packet } from "../packet/packet.ts";
import type { Random } from "../random/random.ts";
import { completeLinkOptions, type LinkOptions } from "./link-options.ts";

/** Takes a packet at the far end. */
export type Sink = (packet: Packet) => void;

/** Shared by both directions of a link. */
export interface LinkState {
  readonly isUp: boolean;
}

/** One direction of a link: packets enter at one end and come out, or not, at the other. */
export class LinkDirection implements Hop {
  readonly name: string;
  readonly #core: Core;
  readonly #state: LinkState;
  readonly #random: Random;
  readonly #sink: Sink;
  readonly #counters: Counters = new Counters();
  #options: Required<LinkOptions>;
  /** When the last bit of the accepted packets is on the wire. */
  #busyUntil = 0;
  /** When the last packet in order arrives. */
  #lastArrival = 0;

  constructor(core: Core, name: string, options: LinkOptions, state: LinkState, sink: Sink) {
    this.name = name;
    this.#core = core;
    this.#state = state;
    this.#random = core.random(`link/${name}`);
    this.#options = completeLinkOptions(options);
    this.#sink = sink;
  }

  /** Changes some options from now on. Packets in flight are not affected. */
  change(options: LinkOptions): void {
    this.#options = completeLinkOptions({ ...this.#options, ...options });
  }

  /** Its counters. */
  statistics(): Statistics {
    return this.#counters.read();
  }

  /** Accepts a packet. */
  enter(packet: Packet): void {
    this.#counters.sent++;
    if (!this.#state.isUp) {
      this.#drop(packet, REASON["link-down"]);
      return;
    }
    if (this.#random.chance(this.#options.loss)) {
      this.#drop(packet, REASON.loss);
      return;
    }
    const serialised = this.#serialise(packet.size);
    if (serialised < 0) {
      this.#drop(packet, REASON["queue-full"]);
      return;
    }
    if (this.#random.chance(this.#options.duplicate)) this.#duplicate(packet, serialised);
    this.#schedule(packet, this.#arrivalTime(serialised));
  }

  /** Called when a packet has come to the far end. */
  arrive(packet: Packet): void {
    if (!this.#state.isUp) {
      this.#drop(packet, REASON["link-down"]);
      return;
    }
    this.#counters.delivered++;
    this.#counters.deliveredBytes += packet.size;
    this.#sink(packet);
  }

  #drop(packet: Packet, reason: number): void {
    this.#counters.drop(reason);
    this.#core.drop(packet, reason, this.name);
  }

  /** When a packet is on the wire, or −1 if the queue has no room for it. */
  #serialise(size: number): number {
    const { bandwidth, queueBytes } = this.#options;
    const now = this.#core.queue.now;
    if (bandwidth === Number.POSITIVE_INFINITY) return now;
    const start = Math.max(now, this.#busyUntil);
    if (((start - now) / 1000) * bandwidth > queueBytes) return -1;
    this.#busyUntil = start + (size / bandwidth) * 1000;
    return this.#busyUntil;
  }

  #arrivalTime(serialised: number): number {
    const { latencyMs, jitterMs, reorder, reorderMs } = this.#options;
    const jitter = jitterMs > 0 ? this.#random.float() * jitterMs : 0;
    const time = serialised + latencyMs + jitter;
    if (this.#random.chance(reorder)) return time + this.#random.float() * reorderMs;
    this.#lastArrival = Math.max(this.#lastArrival, time);
    return this.#lastArrival;
  }

  #duplicate(packet: Packet, serialised: number): void {
    const { latencyMs, reorderMs } = this.#options;
    const twin = this.#core.duplicate(packet, this.name);
    this.#counters.sent++;
    this.#counters.duplicated++;
    this.#schedule(twin, serialised + latencyMs + this.#random.float() * reorderMs);
  }

  #schedule(packet: Packet, time: number): void {
    // A link without delay needs no event.
    if (time <= this.#core.queue.now) {
      this.arrive(packet);
      return;
    }
    packet.hop = this;
    this.#core.queue.schedule(packet, time);
  }
}
