/**
 * The simple interface, to embed the engine: one packet in, the packets to send out. It puts a batch with one slot in front of
 * the same core.
 *
 * The caller has one duty: call {@link Nat64.advance} no later than `nextInMs` after the previous call.
 */

import type { EngineOptions } from "./assemble/engine-options.ts";
import type { BanLists } from "./bans/bans.ts";
import { createBatch, HEADROOM, type PacketBatch, RESERVE } from "./batch.ts";
import type { Nat64Config } from "./config/config.ts";
import { createEngine } from "./create-engine.ts";
import { Reason, type ReasonCode, reasonCode } from "./drop-reasons.ts";
import type { Counters } from "./nat64.ts";
import type { Nat64Pipeline } from "./pipeline/pipeline.ts";
import type { SessionRecord } from "./session-record.ts";

/** The largest IP packet. */
const MAX_PACKET_BYTES = 65_575;

/** A packet to send, and the address family of the network to send it to. */
export interface EmittedPacket {
  readonly family: 4 | 6;
  readonly packet: Uint8Array;
}

/** The result for a packet. */
export interface Outcome {
  /** Packets to send: the translated packet, its fragments, fragments that waited for it, or an ICMP error about it. */
  readonly packets: readonly EmittedPacket[];
  /** Why the packet was dropped. Absent when it was translated or answered, or is held until more arrives. */
  readonly dropped?: ReasonCode;
}

/** A NAT64 or a stateless translator for single packets. Made by {@link createNat64}. */
export class Nat64 {
  readonly #engine: Nat64Pipeline;
  readonly #input: PacketBatch;
  readonly #output: PacketBatch;

  /** Use {@link createNat64}. */
  constructor(engine: Nat64Pipeline) {
    const bytes = new Uint8Array(HEADROOM + MAX_PACKET_BYTES + RESERVE);
    this.#engine = engine;
    this.#input = createBatch(bytes, 1);
    this.#output = createBatch(bytes, 256);
  }

  /** Counters since the start. */
  get counters(): Counters {
    return this.#engine.counters;
  }

  /** Replaces all bans, at once. Sessions of banned addresses end in the next calls of {@link advance}. Throws a `ConfigError`. */
  ban(bans: BanLists): void {
    this.#engine.ban(bans);
  }

  /** Translates a packet from the IPv6 side. `packet` is not changed; `now` is in milliseconds. */
  fromIPv6(packet: Uint8Array, now: number): Outcome {
    return this.#translate(packet, 6, now);
  }

  /** Translates a packet from the IPv4 side. `packet` is not changed; `now` is in milliseconds. */
  fromIPv4(packet: Uint8Array, now: number): Outcome {
    return this.#translate(packet, 4, now);
  }

  /** Runs the timers. Returns the packets to send, and milliseconds until the next call is due. */
  advance(now: number): { readonly packets: readonly EmittedPacket[]; readonly nextInMs: number } {
    const nextInMs = this.#engine.advance(this.#output, now);
    return { packets: this.#emitted(), nextInMs };
  }

  /** The sessions of a stateful NAT64; none for a stateless translator. */
  sessions(now: number): readonly SessionRecord[] {
    const all: SessionRecord[] = [];
    for (let from = 0; from >= 0; ) {
      const { rows, next } = this.#engine.listSessions(from, Number.MAX_SAFE_INTEGER, now);
      all.push(...rows);
      from = next;
    }
    return all;
  }

  #translate(packet: Uint8Array, family: 4 | 6, now: number): Outcome {
    if (packet.length > MAX_PACKET_BYTES) return { packets: [], dropped: "bad-length" };
    if (packet.length > 0 && packet[0] >>> 4 !== family) return { packets: [], dropped: "not-ip" };
    const input = this.#input;
    input.bytes.set(packet, HEADROOM);
    input.offset[0] = HEADROOM;
    input.length[0] = packet.length;
    input.count = 1;
    this.#engine.process(input, 0, this.#output, now);
    const reason = this.#engine.lastDrop;
    const packets = this.#emitted();
    return reason === Reason.none ? { packets } : { packets, dropped: reasonCode(reason) };
  }

  #emitted(): EmittedPacket[] {
    const { bytes, offset, length, count } = this.#output;
    return Array.from({ length: count }, (_, slot) => {
      const packet = bytes.slice(offset[slot], offset[slot] + length[slot]);
      return { family: packet[0] >>> 4 === 6 ? 6 : 4, packet };
    });
  }
}

/** Makes a translator from a plain configuration object. Throws a `ConfigError` that names the field. */
export function createNat64(config: Nat64Config, options: EngineOptions): Nat64 {
  return new Nat64(createEngine(config, options));
}
