import { finishChecksum, GsoType } from "@nat64/nat64-engine";
import { createPacketBatch, cutPacket, type PacketBatch } from "@nat64/packet-io/packets";
import { TEREDO_MTU, type TeredoRelay } from "@nat64/teredo";
import { largestPacket } from "./packet-size.ts";
import type { RelayOutputs } from "./relay-outputs.ts";

/** Maximum number of packets from a super-packet, more than the relay keeps for one peer, and bytes for each. */
const MAX_PIECES = 16;
const ROOM_BYTES = 2048;

/**
 * Packets to Teredo addresses that are not known yet. The relay's machine queues them one by one, up to its limit. A
 * super-packet is first split into its segments.
 */
export class SlowPath {
  readonly #machine: TeredoRelay;
  readonly #outputs: RelayOutputs;
  readonly #pieces: PacketBatch = createPacketBatch({ bytes: MAX_PIECES * ROOM_BYTES, capacity: MAX_PIECES });

  constructor(machine: TeredoRelay, outputs: RelayOutputs) {
    this.#machine = machine;
    this.#outputs = outputs;
  }

  /** Passes the packet of a slot to the machine. */
  carry(packets: PacketBatch, slot: number, now: number): void {
    if (packets.gsoType[slot] === GsoType.none) {
      finishChecksum(packets, slot);
      this.#carryOne(packets, slot, now);
      return;
    }
    const pieces = this.#pieces;
    const isTooBig = largestPacket(packets, slot) > TEREDO_MTU;
    const count = isTooBig ? 0 : cutPacket(packets, slot, pieces);
    for (let piece = 0; piece < count; piece++) this.#carryOne(pieces, piece, now);
    const payload = packets.length[slot] - packets.headerLength[slot];
    const left = Math.ceil(payload / packets.gsoSize[slot]) - count;
    this.#machine.counters.drops[isTooBig ? "packet-too-big" : "queue-full"] += left;
  }

  #carryOne({ bytes, offset, length }: PacketBatch, slot: number, now: number): void {
    const at = offset[slot];
    this.#outputs.carryOutAll(this.#machine.receivePacket(bytes.subarray(at, at + length[slot]), now), now);
  }
}
