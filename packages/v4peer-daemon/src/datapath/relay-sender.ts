/**
 * IPv6 packets to relays by UDP. Consecutive packets of one size to one relay share a message (UDP_SEGMENT): the kernel's
 * work is for each message. Packets are copied, so that those of a message lie together. No allocation.
 */
import { createDatagramBatch, type DatagramBatch, MAX_SEGMENTS, type UdpSocket } from "@nat64/tun";

/** Bytes and messages of a batch. */
const BYTES = 1 << 20;
const MESSAGES = 64;

/** The most bytes of a message: below the limit of UDP over IPv4, 65,507. */
const LONGEST_MESSAGE = 65_000;

export class RelaySender {
  readonly #udp: UdpSocket;
  readonly #batch: DatagramBatch = createDatagramBatch({ bytes: BYTES, capacity: MESSAGES });
  #used = 0;
  /** Of the last message: packets, the relay, and whether a shorter packet has closed it. */
  #segments = 0;
  #address = 0;
  #isClosed = true;
  #merges = true;

  constructor(udp: UdpSocket) {
    this.#udp = udp;
  }

  /** Takes one packet; sends what is there if there is no more room. @param address an int32 word */
  add(bytes: Uint8Array, offset: number, length: number, address: number, port: number): void {
    const batch = this.#batch;
    if (this.#used + length > BYTES) this.flush();
    if (!this.#joins(length, address, port)) {
      if (batch.count === MESSAGES) this.flush();
      this.#begin(length, address, port);
    }
    const { bytes: out } = batch;
    const slot = batch.count - 1;
    // Short loops lose against the built-in copy, whose only cost is the view that it needs.
    out.set(bytes.subarray(offset, offset + length), this.#used);
    batch.length[slot] += length;
    this.#used += length;
    this.#segments++;
    if (length < batch.segmentSize[slot]) this.#isClosed = true;
  }

  /** Sends everything. */
  flush(): void {
    const batch = this.#batch;
    if (batch.count === 0) return;
    for (let slot = 0; slot < batch.count; slot++) {
      if (batch.length[slot] === batch.segmentSize[slot]) batch.segmentSize[slot] = 0;
    }
    const sent = this.#udp.send(batch);
    // Where the way out cannot cut (IPsec), the kernel says EIO for the whole message: one by one from then on.
    if (sent < batch.count && this.#merges && (this.#udp.counters().writeErrors.EIO ?? 0) > 0) this.#merges = false;
    batch.count = 0;
    this.#used = 0;
    this.#isClosed = true;
  }

  #joins(length: number, address: number, port: number): boolean {
    const batch = this.#batch;
    const slot = batch.count - 1;
    if (this.#isClosed || !this.#merges || this.#segments === MAX_SEGMENTS) return false;
    if (this.#address !== address || batch.port[slot] !== port) return false;
    return length <= batch.segmentSize[slot] && batch.length[slot] + length <= LONGEST_MESSAGE;
  }

  #begin(length: number, address: number, port: number): void {
    const batch = this.#batch;
    const slot = batch.count++;
    batch.offset[slot] = this.#used;
    batch.length[slot] = 0;
    batch.segmentSize[slot] = length;
    batch.address[4 * slot] = address >>> 24;
    batch.address[4 * slot + 1] = address >>> 16;
    batch.address[4 * slot + 2] = address >>> 8;
    batch.address[4 * slot + 3] = address;
    batch.port[slot] = port;
    this.#segments = 0;
    this.#address = address;
    this.#isClosed = false;
  }
}
