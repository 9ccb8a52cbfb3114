import { createDatagramBatch, type DatagramBatch } from "../packets/datagram-batch.ts";
import type { UdpSocket } from "./udp-socket.ts";

/** The datagrams that an outbox sends at a time unless told otherwise, and the room for each in bytes. */
const CAPACITY = 64;
const ROOM_BYTES = 2048;

/** Datagrams that a program makes one by one: they are copied, and sent in their order. */
export class DatagramOutbox {
  readonly #socket: UdpSocket;
  readonly #batch: DatagramBatch;

  /** @param capacity datagrams that are sent at a time */
  constructor(socket: UdpSocket, capacity: number = CAPACITY) {
    this.#socket = socket;
    this.#batch = createDatagramBatch({ bytes: capacity * ROOM_BYTES, capacity });
  }

  /** Adds a datagram of at most 2,048 bytes; sends first when the outbox is full. @param address a big-endian word */
  add(datagram: Uint8Array, address: number, port: number): void {
    const batch = this.#batch;
    if (batch.count === batch.capacity) this.flush();
    const slot = batch.count++;
    batch.bytes.set(datagram, slot * ROOM_BYTES);
    batch.offset[slot] = slot * ROOM_BYTES;
    batch.length[slot] = datagram.length;
    batch.address[slot] = address;
    batch.port[slot] = port;
  }

  /** Sends everything. */
  flush(): void {
    if (this.#batch.count > 0) this.#socket.send(this.#batch);
    this.#batch.count = 0;
  }
}
