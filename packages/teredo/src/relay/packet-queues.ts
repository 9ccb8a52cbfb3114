/**
 * Packets that wait until their peer has answered a bubble (RFC 4380 §5.4.1), oldest first. The bytes are bounded for
 * each peer and in total. A packet that does not fit is refused, so the first packet of a connection stays the first.
 */
export class PacketQueues {
  readonly #perPeer: number;
  readonly #total: number;
  readonly #queues: Map<number, { bytes: number; readonly packets: Uint8Array[] }> = new Map();
  #bytes = 0;

  /** @param perPeer bytes for each peer @param total bytes for all peers */
  constructor(perPeer: number, total: number) {
    this.#perPeer = perPeer;
    this.#total = total;
  }

  /** Bytes of all packets. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy of a packet. @returns whether there was room */
  add(peer: number, packet: Uint8Array): boolean {
    const queue = this.#queues.get(peer) ?? { bytes: 0, packets: [] };
    if (queue.bytes + packet.length > this.#perPeer || this.#bytes + packet.length > this.#total) return false;
    queue.packets.push(packet.slice());
    queue.bytes += packet.length;
    this.#bytes += packet.length;
    this.#queues.set(peer, queue);
    return true;
  }

  /** Removes and returns all packets of a peer, oldest first. */
  take(peer: number): readonly Uint8Array[] {
    const queue = this.#queues.get(peer);
    if (queue === undefined) return [];
    this.#queues.delete(peer);
    this.#bytes -= queue.bytes;
    return queue.packets;
  }
}
