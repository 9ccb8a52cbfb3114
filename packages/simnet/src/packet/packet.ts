import { get32 } from "@nat64/rfc6052/bytes";
import type { Scheduled } from "../time/event-queue.ts";
import { type Address, bytesOfWords } from "./addresses.ts";

/** The kinds of packets. */
export const UDP = 1;
export const IPV6 = 2;
export const SEGMENT = 3;

/** Bytes in front of the payload on the wire: IPv4 and UDP; nothing, since a raw packet has its header; IP and TCP. */
const UDP_HEADERS = 28;
const SEGMENT_HEADERS_IPV4 = 40;
const SEGMENT_HEADERS_IPV6 = 60;

/** Where a packet is on its way: a direction of a link, or the host at the end. */
export interface Hop {
  arrive(packet: Packet): void;
}

/**
 * A packet in flight. It owns its bytes and is itself an event, so that sending allocates nothing when the pool is
 * warm. Its last handler returns it to the pool.
 */
export class Packet implements Scheduled {
  /** Belongs to the queue. */
  position = -1;
  readonly background: boolean = false;
  /** What it is waiting in. */
  hop: Hop | undefined = undefined;
  /**
   * Whether it has passed through the queue since it was sent, so that no packet is delivered inside the call that sent
   * it.
   */
  hasWaited = false;
  kind = 0;
  isIPv6 = false;
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  sourcePort = 0;
  destinationPort = 0;
  /** Of a stream's segment: its stream, flags, sequence and acknowledgement number. */
  stream = 0;
  flags = 0;
  sequence = 0;
  acknowledgement = 0;
  length = 0;
  #buffer: Uint8Array = new Uint8Array(256);
  #view: Uint8Array = this.#buffer;

  /** Belongs to the queue. */
  run(): void {
    this.hasWaited = true;
    this.hop!.arrive(this);
  }

  /** Sets the ports, and that it is no stream's segment. */
  setPorts(source: number, destination: number): void {
    this.sourcePort = source;
    this.destinationPort = destination;
    this.stream = 0;
    this.flags = 0;
    this.sequence = 0;
    this.acknowledgement = 0;
  }

  /** Makes it an IPv4 packet with these addresses. */
  setIPv4(source: number, destination: number): void {
    this.isIPv6 = false;
    this.source0 = source | 0;
    this.source1 = this.source2 = this.source3 = 0;
    this.destination0 = destination | 0;
    this.destination1 = this.destination2 = this.destination3 = 0;
  }

  /** Makes it an IPv6 packet with the addresses that are at these offsets. */
  setIPv6(source: Uint8Array, sourceAt: number, destination: Uint8Array, destinationAt: number): void {
    this.isIPv6 = true;
    this.source0 = get32(source, sourceAt);
    this.source1 = get32(source, sourceAt + 4);
    this.source2 = get32(source, sourceAt + 8);
    this.source3 = get32(source, sourceAt + 12);
    this.destination0 = get32(destination, destinationAt);
    this.destination1 = get32(destination, destinationAt + 4);
    this.destination2 = get32(destination, destinationAt + 8);
    this.destination3 = get32(destination, destinationAt + 12);
  }

  /** Its source endpoint. Allocates an object. */
  get source(): Address {
    return this.isIPv6 ? bytesOfWords(this.source0, this.source1, this.source2, this.source3) : this.source0;
  }

  /** Its destination endpoint. Allocates an object. */
  get destination(): Address {
    if (!this.isIPv6) return this.destination0;
    return bytesOfWords(this.destination0, this.destination1, this.destination2, this.destination3);
  }

  /** Copies the payload in. */
  fill(bytes: Uint8Array): void {
    const length = bytes.length;
    if (this.#buffer.length < length) {
      this.#buffer = new Uint8Array(2 ** Math.ceil(Math.log2(length)));
      this.#view = this.#buffer;
    }
    this.#buffer.set(bytes);
    this.length = length;
  }

  /** The payload; valid until the packet returns to the pool. */
  get bytes(): Uint8Array {
    // Consecutive packets often have the same length, so the last view can usually be reused.
    if (this.#view.length !== this.length) this.#view = this.#buffer.subarray(0, this.length);
    return this.#view;
  }

  /** Bytes on the wire. */
  get size(): number {
    if (this.kind === UDP) return this.length + UDP_HEADERS;
    if (this.kind === IPV6) return this.length;
    return this.length + (this.isIPv6 ? SEGMENT_HEADERS_IPV6 : SEGMENT_HEADERS_IPV4);
  }

  /** Becomes a copy of another packet. */
  copy(other: Packet): void {
    this.hasWaited = other.hasWaited;
    this.kind = other.kind;
    this.isIPv6 = other.isIPv6;
    this.source0 = other.source0;
    this.source1 = other.source1;
    this.source2 = other.source2;
    this.source3 = other.source3;
    this.destination0 = other.destination0;
    this.destination1 = other.destination1;
    this.destination2 = other.destination2;
    this.destination3 = other.destination3;
    this.sourcePort = other.sourcePort;
    this.destinationPort = other.destinationPort;
    this.stream = other.stream;
    this.flags = other.flags;
    this.sequence = other.sequence;
    this.acknowledgement = other.acknowledgement;
    this.fill(other.bytes);
  }
}
