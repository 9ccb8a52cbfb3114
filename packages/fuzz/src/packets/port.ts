/** Puts packets through an engine and looks at everything that comes out and at every byte that it must not touch. */
import { createBatch, HEADROOM, type Nat64Pipeline, type PacketBatch, RESERVE } from "@nat64/nat64-engine";
import { mustHold } from "../target.ts";
import { isIPv4HeaderSound } from "./checksums.ts";

/** Bytes behind the packet's headroom that nobody may write. */
const GUARD = 64;
const CANARY = 0xa5;
const SLOTS = 256;

/** One slot for packets into engines, used again and again. */
export class PacketPort {
  readonly #bytes: Uint8Array;
  readonly #input: PacketBatch;
  readonly #output: PacketBatch;

  constructor(maxBytes: number) {
    this.#bytes = new Uint8Array(GUARD + HEADROOM + maxBytes + RESERVE);
    this.#input = createBatch(this.#bytes, 1);
    this.#output = createBatch(this.#bytes, SLOTS);
    this.#bytes.fill(CANARY, 0, GUARD);
  }

  /** Translates a packet. The results are views that are valid until the next call. */
  send(engine: Nat64Pipeline, packet: Uint8Array, now: number): Uint8Array[] {
    const input = this.#input;
    this.#bytes.set(packet, GUARD + HEADROOM);
    input.offset[0] = GUARD + HEADROOM;
    input.length[0] = packet.length;
    input.count = 1;
    engine.process(input, 0, this.#output, now);
    for (let at = 0; at < GUARD; at++) mustHold(this.#bytes[at] === CANARY, "no byte before the headroom is written");
    return this.#sent();
  }

  /** Runs the timers of an engine. */
  advance(engine: Nat64Pipeline, now: number): { readonly packets: Uint8Array[]; readonly nextInMs: number } {
    const nextInMs = engine.advance(this.#output, now);
    mustHold(nextInMs >= 0, "the next deadline is not in the past");
    return { packets: this.#sent(), nextInMs };
  }

  #sent(): Uint8Array[] {
    const { bytes, offset, length, count } = this.#output;
    const packets = Array.from({ length: count }, (_, slot) =>
      bytes.subarray(offset[slot], offset[slot] + length[slot]),
    );
    for (const packet of packets) mustBeSound(packet);
    return packets;
  }
}

/** A packet that leaves the translator has the right length and header. */
function mustBeSound(packet: Uint8Array): void {
  const version = packet[0] >>> 4;
  if (version === 4) {
    mustHold(packet.length >= 20, "an IPv4 packet has a header");
    mustHold(packet[2] * 256 + packet[3] === packet.length, "Total Length of a packet that is sent is right");
    mustHold(isIPv4HeaderSound(packet), "the IPv4 header checksum of a packet that is sent is right");
  } else {
    mustHold(version === 6 && packet.length >= 40, "a packet that is sent is IPv4 or IPv6");
    mustHold(packet[4] * 256 + packet[5] === packet.length - 40, "Payload Length of a packet that is sent is right");
  }
}
