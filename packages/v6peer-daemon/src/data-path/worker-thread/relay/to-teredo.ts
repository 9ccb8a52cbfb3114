import { type DatagramBatch, moveSlot, type PacketBatch } from "@nat64/packet-io/packets";
import type { UdpSocket } from "@nat64/packet-io/udp";
import { NO_PEER, TEREDO_MTU, type TeredoRelay } from "@nat64/teredo";
import { isToTeredo, SOURCE } from "./ipv6-fields.ts";
import { largestPacket } from "./packet-size.ts";
import type { IsOwnAddress } from "./parts.ts";
import type { RelayOutputs } from "./relay-outputs.ts";
import { SlowPath } from "./slow-path.ts";

/**
 * From the IPv6 side to Teredo addresses: packets to known peers are addressed in place and sent as a batch. All others
 * take the slow path.
 */
export class ToTeredo {
  /** Packets sent without queueing; a super-packet counts as one. */
  packetsSent = 0;
  readonly #machine: TeredoRelay;
  readonly #socket: UdpSocket;
  readonly #outputs: RelayOutputs;
  readonly #slowPath: SlowPath;
  readonly #isOwn: IsOwnAddress;

  constructor(machine: TeredoRelay, socket: UdpSocket, outputs: RelayOutputs, isOwn: IsOwnAddress) {
    this.#machine = machine;
    this.#socket = socket;
    this.#outputs = outputs;
    this.#slowPath = new SlowPath(machine, outputs);
    this.#isOwn = isOwn;
  }

  /**
   * Sends packets to Teredo addresses, and moves the others to the first slots. Returns the number of the others.
   *
   * @param own whether the packets are the engine's own; otherwise those whose source is in the /80 stay
   */
  carry(packets: DatagramBatch, own: boolean, now: number): number {
    const { bytes, offset, length, port, count } = packets;
    let kept = 0;
    let quick = false;
    for (let slot = 0; slot < count; slot++) {
      const at = offset[slot];
      port[slot] = 0;
      const isToCarry = isToTeredo(bytes, at, length[slot]) && (own || !this.#isOwn(bytes, at + SOURCE));
      if (!isToCarry) kept++;
      else if (this.#route(packets, slot, now)) quick = true;
      else this.#slowPath.carry(packets, slot, now);
    }
    if (kept === count) return kept;
    if (quick) this.#socket.send(packets);
    this.#outputs.flush();
    return keepOthers(packets, own ? undefined : this.#isOwn);
  }

  /** Addresses a packet to its peer if the peer is known and the packet, or each segment of it, is small enough. */
  #route(packets: DatagramBatch, slot: number, now: number): boolean {
    if (largestPacket(packets, slot) > TEREDO_MTU) return false;
    const peer = this.#machine.route(packets.bytes, packets.offset[slot], now);
    if (peer === NO_PEER) return false;
    this.packetsSent++;
    packets.address[slot] = this.#machine.mappedAddress(peer);
    packets.port[slot] = this.#machine.mappedPort(peer);
    return true;
  }
}

/** Moves packets to other than Teredo addresses to the first slots. Returns their number. */
function keepOthers(packets: PacketBatch, isOwn: IsOwnAddress | undefined): number {
  const { bytes, offset, length, count } = packets;
  let kept = 0;
  for (let slot = 0; slot < count; slot++) {
    const at = offset[slot];
    if (!isToTeredo(bytes, at, length[slot]) || isOwn?.(bytes, at + SOURCE) === true) moveSlot(packets, slot, kept++);
  }
  return kept;
}
