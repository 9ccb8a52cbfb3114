/**
 * The built-in relay in the data path's thread: packets to Teredo addresses leave by UDP instead of the TUN device, and
 * what comes by UDP goes to the engine. The quick door of `TeredoRelay` takes runs of packets of peers that are known, in
 * place; everything else is looked at one by one.
 */
import { createBatch, type createEngine, HEADROOM, type PacketBatch, RESERVE } from "@nat64/nat64-engine";
import {
  bytesOf,
  compilePool,
  compileRefusals,
  type IPv6Words,
  LABORATORY_BLOCKS,
  parseCidr,
  parseIPv4,
  parseIPv6,
  SELECTOR,
} from "@nat64/rfc6052";
import { type IPv6Prefix, NO_PEER, type RelayOutput, TEREDO_MTU, TeredoRelay } from "@nat64/teredo";
import { borrowUdpSocket, createPacketBatch, type DatagramBatch, type Tun, type UdpSocket } from "@nat64/tun";
import type { LoopSocket } from "../datapath/loop.ts";
import type { PeerExitsOptions, RelayStatus } from "./messages.ts";
import { createDatagramBatchOver, moveSlot } from "./slots.ts";
import { ValidatedMappings } from "./validated-mappings.ts";

type Engine = ReturnType<typeof createEngine>;

/** Datagrams that are read at a time, and bytes for each: a Teredo packet with all that may stand around it. */
const RECEIVED = 256;
const ROOM = 2048;
const RECEIVE_OPTIONS = { headroom: HEADROOM, reserve: RESERVE, room: ROOM } as const;

/** Packets that the engine makes of them: fragments and errors are more. */
const MADE = 512;

/** Datagrams that are sent at a time from the engine's buffer, and from the relay's own packets. */
const SENT = 512;
const SLOW = 128;

/** The first word of a Teredo address, and where destination and source are in an IPv6 header. */
const TEREDO_WORD = 0x20010000;
const DESTINATION = 24;
const SOURCE = 8;

/** What the thread has and this needs. */
export interface RelayPortParts {
  readonly engine: Engine;
  readonly tun: Tun;
  readonly random: () => number;
}

/** Makes the relay of options that have one. */
export function createRelayPort(options: PeerExitsOptions, parts: RelayPortParts): RelayPort {
  const { relay } = options;
  if (relay === undefined) throw new Error("no relay is configured");
  const pool = compilePool(options.prefix);
  const refusals = compileRefusals({ allow: options.lab ? LABORATORY_BLOCKS : [] });
  const machine = new TeredoRelay({
    serves: [options.prefix, ...relay.serves].map(toPrefix),
    errorSource: bytesOf(parseIPv6(pool.embed(SELECTOR.self, "0.0.0.1"))),
    own: [{ address: parseIPv4(relay.address), port: relay.udp.port }],
    isGlobalUnicast: (ipv4) => !refusals.refusesIPv4(ipv4),
    hashKey: [parts.random() | 0, parts.random() | 0],
    random: () => parts.random() | 0,
  });
  return new RelayPort(machine, borrowUdpSocket(relay.udp), parts, (bytes, at) =>
    pool.matches(word(bytes, at), word(bytes, at + 4), word(bytes, at + 8)),
  );
}

export class RelayPort implements LoopSocket {
  readonly #relay: TeredoRelay;
  readonly #socket: UdpSocket;
  readonly #tun: Tun;
  readonly #isOwn: (bytes: Uint8Array, at: number) => boolean;
  #engine: Engine;
  readonly #received: DatagramBatch;
  /** The same bytes, as packets for the engine and as what it makes of them. */
  readonly #input: PacketBatch;
  readonly #output: PacketBatch;
  /** Packets of those whom the relay serves besides the /80: past the engine. */
  readonly #past: PacketBatch;
  /** For each buffer that packets come in: its packets as datagrams. */
  readonly #quick = new Map<Uint8Array, DatagramBatch>();
  readonly #slow: DatagramBatch;
  /** Packets of the relay itself, for the engine. */
  readonly #own: PacketBatch;
  readonly #validated = new ValidatedMappings();
  #toTeredo = 0;
  #fromTeredo = 0;
  #notValidated = 0;

  /** @param isOwn whether the address at a place lies in the /80 */
  constructor(
    relay: TeredoRelay,
    socket: UdpSocket,
    { engine, tun }: RelayPortParts,
    isOwn: (bytes: Uint8Array, at: number) => boolean,
  ) {
    this.#relay = relay;
    this.#socket = socket;
    this.#tun = tun;
    this.#engine = engine;
    this.#isOwn = isOwn;
    const bytes = new Uint8Array(RECEIVED * (ROOM + HEADROOM) + RESERVE);
    this.#received = createDatagramBatchOver(bytes, RECEIVED);
    this.#input = createBatch(bytes, RECEIVED);
    this.#output = createBatch(bytes, MADE);
    this.#past = createBatch(bytes, RECEIVED);
    this.#slow = createDatagramBatchOver(new Uint8Array(SLOW * ROOM), SLOW);
    this.#own = createPacketBatch({ bytes: ROOM + RESERVE, capacity: 1 });
  }

  get fd(): number {
    return this.#socket.fd;
  }

  /** Another engine goes on. */
  attach(engine: Engine): void {
    this.#engine = engine;
  }

  /** A good message 2 came from a Teredo address: through the mapping that the relay has for it now. */
  validate([, server, flagsPort, address]: IPv6Words, now: number): void {
    const peer = this.#relay.lookup(server, flagsPort, address, now);
    if (peer === NO_PEER) return;
    const mapped = this.#relay.mappedAddress(peer);
    this.#validated.note(server, flagsPort, address, mapped, this.#relay.mappedPort(peer));
  }

  nextDeadline(): number {
    return this.#relay.nextDeadline();
  }

  advance(now: number): void {
    if (now < this.#relay.nextDeadline()) return;
    this.#handle(this.#relay.advance(now), now);
    this.#flushSlow();
  }

  /** Sends what the engine made: by UDP what goes to a Teredo address, by the TUN device all else. */
  send(packets: PacketBatch, now: number): void {
    const datagrams = this.#datagramsOver(packets.bytes);
    const { bytes, offset, length } = packets;
    let kept = 0;
    for (let slot = 0; slot < packets.count; slot++) {
      const at = offset[slot];
      if (!isToTeredo(bytes, at, length[slot])) {
        if (kept !== slot) moveSlot(packets, slot, kept);
        kept++;
      } else if (!this.#route(datagrams, bytes, at, length[slot], now)) {
        this.#handle(this.#relay.fromIPv6(bytes.subarray(at, at + length[slot]), now), now);
      }
    }
    packets.count = kept;
    this.#flush(datagrams);
    this.#flushSlow();
    if (kept > 0) this.#tun.write(packets);
  }

  /** Takes packets from the TUN device that go to a Teredo address for somebody whom the relay serves. */
  claim(bytes: Uint8Array, offset: number, length: number, now: number): boolean {
    if (!isToTeredo(bytes, offset, length) || this.#isOwn(bytes, offset + SOURCE)) return false;
    this.#toTeredo++;
    this.#handle(this.#relay.fromIPv6(bytes.subarray(offset, offset + length), now), now);
    this.#flushSlow();
    return true;
  }

  receive(now: number): void {
    const received = this.#received;
    const count = this.#socket.receive(received, RECEIVE_OPTIONS);
    const { bytes, offset, length, address, port } = received;
    this.#input.count = 0;
    this.#past.count = 0;
    for (let slot = 0; slot < count; slot++) {
      const at = offset[slot];
      const from = word(address, 4 * slot);
      if (this.#relay.accept(bytes, at, length[slot], from, port[slot], now) !== NO_PEER) {
        this.#take(at, length[slot], from, port[slot]);
      } else {
        const outputs = this.#relay.fromUDP(from, port[slot], bytes.subarray(at, at + length[slot]), now);
        this.#handleReceived(outputs, from, port[slot], now);
      }
    }
    this.#flushSlow();
    if (this.#past.count > 0) this.#tun.write(this.#past);
    this.#translate(this.#input, this.#output, now);
  }

  status(): RelayStatus {
    const { bubblesSent, errorsSent, mappingsMoved, drops } = this.#relay.counters;
    const { writeErrors, refusedWrites, shortWrites, truncatedReads } = this.#socket.counters();
    return {
      peers: this.#relay.peerCount,
      queuedBytes: this.#relay.queuedBytes,
      packetsToTeredo: this.#toTeredo,
      packetsFromTeredo: this.#fromTeredo,
      bubblesSent,
      errorsSent,
      mappingsMoved,
      drops: Object.fromEntries(
        [...Object.entries(drops), ["not-validated", this.#notValidated] as const].filter(([, count]) => count > 0),
      ),
      socketErrors: { refused: refusedWrites, short: shortWrites, truncated: truncatedReads, ...writeErrors },
    };
  }

  /** Puts a packet into the datagrams if its peer is known. */
  #route(datagrams: DatagramBatch, bytes: Uint8Array, at: number, length: number, now: number): boolean {
    this.#toTeredo++;
    if (length > TEREDO_MTU) return false;
    const peer = this.#relay.route(bytes, at, now);
    if (peer === NO_PEER) return false;
    if (datagrams.count === datagrams.capacity) this.#flush(datagrams);
    const slot = datagrams.count++;
    datagrams.offset[slot] = at;
    datagrams.length[slot] = length;
    this.#address(datagrams, slot, this.#relay.mappedAddress(peer), this.#relay.mappedPort(peer));
    return true;
  }

  /** A packet in the receive buffer: into the engine if it is for the /80, past it otherwise. */
  #take(at: number, length: number, address: number, port: number): void {
    this.#fromTeredo++;
    const isOwn = this.#isOwn(this.#input.bytes, at + DESTINATION);
    if (isOwn && !this.#mayEnter(this.#input.bytes, at, address, port)) {
      this.#notValidated++;
      return;
    }
    const batch = isOwn ? this.#input : this.#past;
    const slot = batch.count++;
    batch.offset[slot] = at;
    batch.length[slot] = length;
  }

  /** Probes may come from everywhere: they are what validates a mapping. */
  #mayEnter(bytes: Uint8Array, at: number, address: number, port: number): boolean {
    if ((word(bytes, at + DESTINATION + 8) & 0xffff) === SELECTOR.self) return true;
    const source = at + SOURCE;
    return this.#validated.has(
      word(bytes, source + 4),
      word(bytes, source + 8),
      word(bytes, source + 12),
      address,
      port,
    );
  }

  #handleReceived(outputs: readonly RelayOutput[], address: number, port: number, now: number): void {
    const { buffer, byteOffset } = this.#input.bytes;
    for (const output of outputs) {
      // A view of what was handed in: it is taken where it lies.
      if (output.kind === "packet" && output.bytes.buffer === buffer) {
        this.#take(output.bytes.byteOffset - byteOffset, output.bytes.length, address, port);
      } else this.#handleOne(output, now);
    }
  }

  #handle(outputs: readonly RelayOutput[], now: number): void {
    for (const output of outputs) this.#handleOne(output, now);
  }

  #handleOne(output: RelayOutput, now: number): void {
    if (output.kind === "datagram") this.#queue(output.address, output.port, output.bytes);
    else this.#deliver(output.bytes, now);
  }

  /** Bubbles, and packets that had to wait. */
  #queue(address: number, port: number, bytes: Uint8Array): void {
    const slow = this.#slow;
    if (slow.count === SLOW) this.#flushSlow();
    const slot = slow.count++;
    slow.bytes.set(bytes, slot * ROOM);
    slow.offset[slot] = slot * ROOM;
    slow.length[slot] = bytes.length;
    this.#address(slow, slot, address, port);
  }

  /** An ICMPv6 error of the relay: to the engine if it is about our own packet, else to whoever sent that. */
  #deliver(packet: Uint8Array, now: number): void {
    const own = this.#own;
    own.bytes.set(packet, HEADROOM);
    own.offset[0] = HEADROOM;
    own.length[0] = packet.length;
    own.count = 1;
    if (!this.#isOwn(own.bytes, HEADROOM + DESTINATION)) this.#tun.write(own);
    else this.#translate(own, createBatch(own.bytes, 16), now);
  }

  #translate(input: PacketBatch, output: PacketBatch, now: number): void {
    let from = 0;
    while (from < input.count) {
      const next = this.#engine.process(input, from, output, now);
      if (output.count > 0) this.send(output, now);
      else if (next === from) throw new Error("the engine made no progress on an empty output batch");
      from = next;
    }
  }

  #datagramsOver(bytes: Uint8Array): DatagramBatch {
    let datagrams = this.#quick.get(bytes);
    if (datagrams === undefined) {
      datagrams = createDatagramBatchOver(bytes, SENT);
      this.#quick.set(bytes, datagrams);
    }
    return datagrams;
  }

  #address(batch: DatagramBatch, slot: number, address: number, port: number): void {
    for (let i = 0; i < 4; i++) batch.address[4 * slot + i] = address >>> (24 - 8 * i);
    batch.port[slot] = port;
  }

  #flush(datagrams: DatagramBatch): void {
    if (datagrams.count > 0) this.#socket.send(datagrams);
    datagrams.count = 0;
  }

  #flushSlow(): void {
    this.#flush(this.#slow);
  }
}

function isToTeredo(bytes: Uint8Array, at: number, length: number): boolean {
  return length >= 40 && bytes[at] >>> 4 === 6 && word(bytes, at + DESTINATION) === TEREDO_WORD;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function toPrefix(text: string): IPv6Prefix {
  const { words, length } = parseCidr(text);
  return { address: bytesOf(words), length };
}
