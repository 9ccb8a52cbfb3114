/**
 * The last step: puts a finished packet into a slot of the output batch. Also gives out the free bytes behind the input, where
 * the engine writes its own packets.
 */
import { GsoType, HEADROOM, type PacketBatch, VirtioFlag } from "../batch.ts";
import type { EngineCounters } from "../counters.ts";
import type { Packet } from "../packet/packet.ts";
import { checksumOffset } from "../translate/complete-checksum.ts";

/** The maximum that one packet becomes: 64 KiB in fragments of 1280 bytes, and an error. */
const SLOTS_PER_PACKET = 56;

/** Free bytes for that: a released fragment, the fragments that it is cut into, their headers and headrooms. */
const BYTES_PER_PACKET = 65_536 * 2 + SLOTS_PER_PACKET * (HEADROOM + 48);

/** Puts packets into the output batch. */
export class Emitter {
  /** Where the next packet of our own starts. */
  #room = 0;
  #output: PacketBatch;
  readonly #counters: EngineCounters;

  /** @param placeholder any batch: stands in until {@link begin} */
  constructor(counters: EngineCounters, placeholder: PacketBatch) {
    this.#counters = counters;
    this.#output = placeholder;
  }

  /** Starts to fill `output` anew; `usedEnd` is where the packets of the input end in the shared bytes. */
  begin(output: PacketBatch, usedEnd: number): void {
    output.count = 0;
    this.#output = output;
    this.#room = align(usedEnd) + HEADROOM;
  }

  /** Whether the result of one more packet will fit. */
  canHoldOneMore(): boolean {
    const output = this.#output;
    return output.capacity - output.count >= SLOTS_PER_PACKET && output.bytes.length - this.#room >= BYTES_PER_PACKET;
  }

  /** Where to write the next packet of our own; {@link take} makes it final. */
  get room(): number {
    return this.#room;
  }

  /** Takes the first `length` free bytes. The next packet starts behind them and a headroom. */
  take(length: number): void {
    this.#room = align(this.#room + length) + HEADROOM;
  }

  /**
   * Emits the packet that the rewrite left at `packet.outOffset`. The offload fields of its input slot are adjusted to the new
   * headers.
   */
  translated(packet: Packet, input: PacketBatch, slot: number, family: number): void {
    const out = this.plain(packet.outOffset, packet.outLength, family);
    const output = this.#output;
    const outer = packet.outer;
    const transport = outer.transport - packet.outOffset;
    if (packet.segmentSize !== 0) {
      output.gsoType[out] = gsoTypeIn(family, input.gsoType[slot]);
      output.gsoSize[out] = packet.segmentSize;
      output.headerLength[out] = input.headerLength[slot] - (outer.transport - outer.offset) + transport;
    }
    if (packet.partialChecksum) {
      output.flags[out] = VirtioFlag.needsChecksum;
      output.checksumStart[out] = transport;
      output.checksumOffset[out] = checksumOffset(outer.protocol);
    }
  }

  /** Emits a finished packet without offloads; returns its slot. The caller has checked that there is one. */
  plain(offset: number, length: number, family: number): number {
    const output = this.#output;
    const out = output.count;
    output.count = out + 1;
    output.offset[out] = offset;
    output.length[out] = length;
    output.flags[out] = 0;
    output.gsoType[out] = GsoType.none;
    output.gsoSize[out] = 0;
    output.headerLength[out] = 0;
    output.checksumStart[out] = 0;
    output.checksumOffset[out] = 0;
    const counters = this.#counters;
    if (family === 4) {
      counters.packetsToIPv4++;
      counters.bytesToIPv4 += length;
    } else {
      counters.packetsToIPv6++;
      counters.bytesToIPv6 += length;
    }
    return out;
  }
}

/** The GSO type of a super-packet in the other family, with the same ECN bit. */
function gsoTypeIn(family: number, type: number): number {
  const kind = type & ~GsoType.ecnBit;
  if (kind !== GsoType.tcp4 && kind !== GsoType.tcp6) return type;
  return (family === 4 ? GsoType.tcp4 : GsoType.tcp6) | (type & GsoType.ecnBit);
}

function align(offset: number): number {
  return (offset + 3) & ~3;
}
