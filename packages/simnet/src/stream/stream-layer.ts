import type { Core } from "../core.ts";
import { type Address, checkAddress, checkPort } from "../packet/addresses.ts";
import { type Packet, SEGMENT } from "../packet/packet.ts";
import type { Random } from "../random/random.ts";
import { SimulationError } from "../simulation-error.ts";
import type { Life } from "../time/life.ts";
import { ACK, FROM_INITIATOR, NO_BYTES, RST, SYN } from "./segment.ts";
import type { Accept, StreamHandlers } from "./stream.ts";
import { Stream, type StreamCarrier, type StreamEnds } from "./stream.ts";

/** Ephemeral ports (RFC 6335 §6). */
const FIRST_EPHEMERAL = 49_152;
const EPHEMERALS = 16_384;

/** The interface of the host for the layer. */
export interface StreamHost {
  readonly name: string;
  /** The address that it connects from. */
  localAddress(isIPv6: boolean): Address;
  transmit(packet: Packet): void;
}

/** How streams behave. */
export interface StreamOptions {
  /** Milliseconds without acknowledgement after which an end gives up; default 60,000. */
  readonly timeoutMs?: number;
  /** Probability that a segment of a write is split in two, so that no code relies on boundaries; default 0.1. */
  readonly cut?: number;
}

/** The streams of one life of a host. */
export class StreamLayer implements StreamCarrier {
  readonly core: Core;
  readonly life: Life;
  readonly cut: number;
  readonly #random: Random;
  readonly #host: StreamHost;
  readonly #timeoutMs: number;
  readonly #streams: Map<number, Stream> = new Map();
  readonly #listeners: Map<number, Accept> = new Map();
  #nextPort: number;

  constructor(core: Core, host: StreamHost, life: Life, random: Random, options: StreamOptions) {
    this.core = core;
    this.life = life;
    this.#random = random;
    this.cut = options.cut ?? 0.1;
    this.#host = host;
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#nextPort = random.below(EPHEMERALS);
  }

  /** Streams that have not ended. */
  get count(): number {
    return this.#streams.size;
  }

  /** Accepts streams on a port. @returns a function that stops accepting; open streams continue */
  listen(port: number, accept: Accept): () => void {
    checkPort(port);
    if (this.#listeners.has(port)) {
      throw new SimulationError("in-use", `${this.#host.name} listens on port ${port} already.`);
    }
    this.#listeners.set(port, accept);
    return () => {
      this.#listeners.delete(port);
    };
  }

  /** Opens a stream. */
  connect(remoteAddress: Address, remotePort: number, handlers: StreamHandlers): Stream {
    checkAddress(remoteAddress);
    checkPort(remotePort);
    const localAddress = this.#host.localAddress(typeof remoteAddress !== "number");
    const localPort = FIRST_EPHEMERAL + this.#nextPort;
    this.#nextPort = (this.#nextPort + 1) % EPHEMERALS;
    const id = ++this.core.streams;
    const ends = { id, isInitiator: true, localAddress, localPort, remoteAddress, remotePort };
    return this.#add(ends, handlers);
  }

  /** Handles a segment for this host. */
  receive(packet: Packet): void {
    const isInitiator = (packet.flags & FROM_INITIATOR) === 0;
    const stream = this.#streams.get(keyOf(packet.stream, isInitiator));
    if (stream !== undefined && isFrom(packet, stream.ends)) {
      stream.handle(packet);
      return;
    }
    if ((packet.flags & RST) !== 0) return;
    const accept = this.#listeners.get(packet.destinationPort);
    const isNew = stream === undefined && !isInitiator && (packet.flags & SYN) !== 0;
    if (!isNew || accept === undefined) {
      this.#refuse(packet);
      return;
    }
    const { source: remoteAddress, destination: localAddress } = packet;
    const { sourcePort: remotePort, destinationPort: localPort } = packet;
    this.#add({ id: packet.stream, isInitiator, localAddress, localPort, remoteAddress, remotePort }, accept).handle(
      packet,
    );
  }

  /** Resets all streams, as a system does for a process that died. */
  resetAll(): void {
    for (const stream of [...this.#streams.values()]) stream.reset();
  }

  transmit(stream: Stream, flags: number, sequence: number, bytes: Uint8Array): void {
    const { id, isInitiator, localAddress, localPort, remoteAddress, remotePort } = stream.ends;
    const packet = this.#makePacket(localAddress, localPort, remoteAddress, remotePort, bytes);
    packet.stream = id;
    packet.flags = flags | (isInitiator ? FROM_INITIATOR : 0) | (stream.expected > 0 ? ACK : 0);
    packet.sequence = sequence;
    packet.acknowledgement = stream.expected;
    this.#host.transmit(packet);
  }

  forget(stream: Stream): void {
    this.#streams.delete(keyOf(stream.id, stream.ends.isInitiator));
  }

  #add(ends: Omit<StreamEnds, "timeoutMs">, handlers: StreamHandlers | Accept): Stream {
    // Named after its ends, so that the splits of one stream do not depend on other streams.
    const random = this.#random.derive(`${ends.remoteAddress}:${ends.remotePort}:${ends.localPort}`);
    const stream = new Stream(this, { ...ends, timeoutMs: this.#timeoutMs }, random, handlers);
    this.#streams.set(keyOf(ends.id, ends.isInitiator), stream);
    return stream;
  }

  /** Answers a segment of an unknown stream. */
  #refuse(packet: Packet): void {
    const { source, destination, sourcePort, destinationPort, stream, flags } = packet;
    const answer = this.#makePacket(destination, destinationPort, source, sourcePort, NO_BYTES);
    answer.stream = stream;
    answer.flags = RST | (~flags & FROM_INITIATOR);
    this.#host.transmit(answer);
  }

  #makePacket(from: Address, fromPort: number, to: Address, toPort: number, bytes: Uint8Array): Packet {
    const packet = this.core.makePacket();
    packet.kind = SEGMENT;
    if (typeof from === "number") packet.setIPv4(from, to as number);
    else packet.setIPv6(from, 0, to as Uint8Array, 0);
    packet.setPorts(fromPort, toPort);
    packet.fill(bytes);
    return packet;
  }
}

function keyOf(id: number, isInitiator: boolean): number {
  return id * 2 + (isInitiator ? 1 : 0);
}

/** Whether a segment comes from a stream's other end, and not through another mapping of a NAT. */
function isFrom(packet: Packet, ends: StreamEnds): boolean {
  const { remoteAddress, remotePort, localPort } = ends;
  if (packet.sourcePort !== remotePort || packet.destinationPort !== localPort) return false;
  if (typeof remoteAddress === "number") return packet.source0 === (remoteAddress | 0);
  return (packet.source as Uint8Array).every((byte, index) => byte === remoteAddress[index]);
}
