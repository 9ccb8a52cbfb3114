import { HEADROOM, RESERVE } from "@nat64/nat64-engine";
import { createDatagramBatch, createPacketBatch, type DatagramBatch, type PacketBatch } from "@nat64/packet-io/packets";
import { DESTINATION } from "./ipv6-fields.ts";
import type { IsOwnAddress, RelayPortParts } from "./parts.ts";

/** Bytes for one packet of the relay, and slots for the packets that the engine makes from it. */
const ROOM_BYTES = 2048;
const MADE_OF_ONE = 64;

/** Delivers the relay's ICMPv6 errors: those about the engine's packets to the engine, the others to the device. */
export class OwnPackets {
  readonly #parts: RelayPortParts;
  readonly #isOwn: IsOwnAddress;
  readonly #packet: PacketBatch = createPacketBatch({ bytes: ROOM_BYTES + RESERVE, capacity: 1 });
  readonly #output: DatagramBatch = createDatagramBatch({ bytes: this.#packet.bytes, capacity: MADE_OF_ONE });

  constructor(parts: RelayPortParts, isOwn: IsOwnAddress) {
    this.#parts = parts;
    this.#isOwn = isOwn;
  }

  /** Delivers one packet; it is copied. */
  deliver(bytes: Uint8Array, now: number): void {
    const packet = this.#packet;
    packet.bytes.set(bytes, HEADROOM);
    packet.offset[0] = HEADROOM;
    packet.length[0] = bytes.length;
    packet.count = 1;
    if (this.#isOwn(packet.bytes, HEADROOM + DESTINATION)) this.#parts.translate(packet, this.#output, now);
    else this.#parts.tun.write(packet);
  }
}
