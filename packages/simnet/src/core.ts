import { Counters } from "./observe/counters.ts";
import { DELIVERED, DROPPED, DUPLICATED, SENT, type Trace } from "./observe/trace.ts";
import { Packet } from "./packet/packet.ts";
import { Random } from "./random/random.ts";
import { EventQueue } from "./time/event-queue.ts";

/** Shared by all nodes and links of one simulation: clock, packets, counters, trace and seed. */
export class Core {
  readonly queue: EventQueue = new EventQueue();
  readonly counters: Counters = new Counters();
  readonly trace: Trace;
  readonly seed: number;
  /** Streams opened so far. */
  streams = 0;
  readonly #free: Packet[] = [];

  constructor(seed: number, trace: Trace) {
    this.seed = seed;
    this.trace = trace;
  }

  /** The random number stream of a name. */
  random(name: string): Random {
    return new Random(this.seed, name);
  }

  /** Takes an empty packet from the pool. The caller must send it. */
  makePacket(): Packet {
    const packet = this.#free.pop() ?? new Packet();
    packet.hasWaited = false;
    return packet;
  }

  /** Counts a packet at its start. */
  sent(packet: Packet, place: string): void {
    this.counters.sent++;
    this.trace.packet(this.queue.now, SENT, place, packet, 0);
  }

  /** Copies a packet in flight. */
  duplicate(packet: Packet, place: string): Packet {
    const twin = this.makePacket();
    twin.copy(packet);
    this.counters.sent++;
    this.counters.duplicated++;
    this.trace.packet(this.queue.now, DUPLICATED, place, packet, 0);
    return twin;
  }

  /** Counts a packet that reached its host. Its bytes are valid until {@link release}. */
  delivered(packet: Packet, place: string): void {
    this.counters.delivered++;
    this.counters.deliveredBytes += packet.size;
    this.trace.packet(this.queue.now, DELIVERED, place, packet, 0);
  }

  /** Returns a packet to the pool. */
  release(packet: Packet): void {
    packet.hop = undefined;
    this.#free.push(packet);
  }

  /** Drops a packet. @param reason the number of the reason */
  drop(packet: Packet, reason: number, place: string): void {
    this.counters.drop(reason);
    this.trace.packet(this.queue.now, DROPPED, place, packet, reason);
    this.release(packet);
  }
}
