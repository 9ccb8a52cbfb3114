/** Datagrams of the peer's machine: bubbles, solicitations, answers to probes. They are copied, and sent in their order. */
import { createDatagramBatch, type DatagramBatch } from "@nat64/packet-io/packets";
import type { UdpSocket } from "@nat64/packet-io/udp";

/** Datagrams at a time, and bytes for each: more than any that the machine makes. */
const CAPACITY = 64;
const ROOM = 2048;

export class Outbox {
  readonly #udp: UdpSocket;
  readonly #batch: DatagramBatch = createDatagramBatch({ bytes: CAPACITY * ROOM, capacity: CAPACITY });

  constructor(udp: UdpSocket) {
    this.#udp = udp;
  }

  /** Takes a datagram of at most 2,048 bytes. @param address an int32 word */
  add(datagram: Uint8Array, address: number, port: number): void {
    const batch = this.#batch;
    if (batch.count === CAPACITY) this.flush();
    const slot = batch.count++;
    batch.bytes.set(datagram, slot * ROOM);
    batch.offset[slot] = slot * ROOM;
    batch.length[slot] = datagram.length;
    batch.address[slot] = address;
    batch.port[slot] = port;
  }

  /** Sends everything. */
  flush(): void {
    if (this.#batch.count > 0) this.#udp.send(this.#batch);
    this.#batch.count = 0;
  }
}
