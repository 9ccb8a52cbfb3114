/**
 * The built-in relay in the data path's thread: packets to Teredo addresses leave by UDP instead of the TUN device, and
 * what comes by UDP goes to the engine. The quick door of `TeredoRelay` takes runs of packets of peers that are known, in
 * place; everything else is looked at one by one.
 */
import { type createEngine, finishChecksum, GsoType, HEADROOM, RESERVE } from "@nat64/nat64-engine";
import {
  copySlot,
  createDatagramBatch,
  createPacketBatch,
  cutPacket,
  type DatagramBatch,
  moveSlot,
  type PacketBatch,
  type ReadOptions,
} from "@nat64/packet-io/packets";
import { borrowUdpSocket, type UdpSocket } from "@nat64/packet-io/udp";
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
import {
  type DropReason,
  type IPv6Prefix,
  isBubble,
  NO_PEER,
  type RelayOutput,
  TEREDO_MTU,
  TeredoRelay,
} from "@nat64/teredo";
import type { Tun } from "@nat64/tun";
import type { PeerExitsOptions, RelayStatus } from "../../thread/messages/peer-exits.ts";
import type { LoopSocket } from "../loop.ts";
import { ValidatedMappings } from "./validated-mappings.ts";

type Engine = ReturnType<typeof createEngine>;

/** What is read at a time: bytes, and slots for packets. A message of merged datagrams needs 64 slots to be in. */
const READ_BYTES = 1 << 21;

/** Bytes of the buffer that packets are received in. */
export const RELAY_BYTES: number = READ_BYTES + RESERVE;
const READ_PACKETS = 2048;

/** Packets that the engine makes of them: fragments and errors are more. */
const MADE_PACKETS = 2048;

/** Datagrams of the relay itself that are sent at a time, and bytes for each. */
const SLOW = 128;
const ROOM = 2048;

/** The most packets of a super-packet that may wait: more than the relay keeps for one peer. */
const PIECES = 16;

/** Slots for what the engine makes of one packet. */
const MADE_OF_ONE = 64;

/** The first word of a Teredo address, and where destination and source are in an IPv6 header. */
const TEREDO_WORD = 0x20010000;
const IPV6_HEADER = 40;
const DESTINATION = 24;
const SOURCE = 8;

/** What the thread has and this needs. */
export interface RelayPortParts {
  readonly engine: Engine;
  readonly tun: Tun;
  readonly random: () => number;
  /** {@link RELAY_BYTES} to receive in. */
  readonly bytes: Uint8Array;
  /** Writes to the device what the engine made for it. */
  readonly toDevice: (packets: DatagramBatch, now: number) => void;
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
  const isOwn = (bytes: Uint8Array, at: number) =>
    pool.matches(word(bytes, at), word(bytes, at + 4), word(bytes, at + 8));
  return new RelayPort(machine, borrowUdpSocket(relay.udp), parts, isOwn, relay.serves.length > 0);
}

export class RelayPort implements LoopSocket {
  readonly #relay: TeredoRelay;
  readonly #socket: UdpSocket;
  readonly #tun: Tun;
  readonly #isOwn: (bytes: Uint8Array, at: number) => boolean;
  #engine: Engine;
  readonly #toDevice: (packets: DatagramBatch, now: number) => void;
  readonly #received: DatagramBatch;
  readonly #receiveOptions: ReadOptions;
  /** What the engine makes of those, over the same bytes. */
  readonly #output: DatagramBatch;
  /** Packets of those whom the relay serves besides the /80: past the engine. */
  readonly #past: PacketBatch;
  /** Bubbles, and packets that had to wait. */
  readonly #slow: DatagramBatch = createDatagramBatch({ bytes: SLOW * ROOM, capacity: SLOW });
  /** One packet of the relay itself, for the engine, and what becomes of it. */
  readonly #own: PacketBatch = createPacketBatch({ bytes: ROOM + RESERVE, capacity: 1 });
  readonly #ownOutput: DatagramBatch = createDatagramBatch({ bytes: this.#own.bytes, capacity: MADE_OF_ONE });
  /** Of a super-packet to somebody who is not known yet. */
  readonly #pieces: PacketBatch = createPacketBatch({ bytes: PIECES * ROOM, capacity: PIECES });
  readonly #servesOthers: boolean;
  readonly #validated = new ValidatedMappings();
  #toTeredo = 0;
  #fromTeredo = 0;
  #notValidated = 0;

  /** @param isOwn whether the address at a place lies in the /80 @param servesOthers whether the relay has more to do */
  constructor(
    relay: TeredoRelay,
    socket: UdpSocket,
    { engine, tun, bytes, toDevice }: RelayPortParts,
    isOwn: (bytes: Uint8Array, at: number) => boolean,
    servesOthers: boolean,
  ) {
    this.#relay = relay;
    this.#socket = socket;
    this.#tun = tun;
    this.#engine = engine;
    this.#isOwn = isOwn;
    this.#servesOthers = servesOthers;
    this.#receiveOptions = { headroom: HEADROOM, reserve: RESERVE, merge: tun.takes };
    this.#received = createDatagramBatch({ bytes, capacity: READ_PACKETS });
    this.#toDevice = toDevice;
    this.#output = createDatagramBatch({ bytes, capacity: MADE_PACKETS });
    this.#past = createPacketBatch({ bytes, capacity: READ_PACKETS });
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
  send(packets: DatagramBatch, now: number): void {
    packets.count = this.#carry(packets, true, now);
    if (packets.count > 0) this.#toDevice(packets, now);
  }

  /** Takes out of what came from the TUN device what goes to a Teredo address, from somebody whom the relay serves. */
  take(packets: DatagramBatch, now: number): void {
    if (this.#servesOthers) packets.count = this.#carry(packets, false, now);
  }

  receive(now: number): void {
    const received = this.#received;
    const { bytes, offset, address, port } = received;
    const past = this.#past;
    past.count = 0;
    let kept = 0;
    const count = this.#socket.receive(received, this.#receiveOptions);
    for (let slot = 0; slot < count; slot++) {
      if (!this.#accept(slot, now)) continue;
      if (!this.#isOwn(bytes, offset[slot] + DESTINATION)) copySlot(received, slot, past, past.count++);
      else if (this.#mayEnter(bytes, offset[slot], address[slot], port[slot])) moveSlot(received, slot, kept++);
      else this.#notValidated++;
    }
    this.#fromTeredo += kept + past.count;
    received.count = kept;
    this.#flushSlow();
    if (past.count > 0) this.#tun.write(past);
    this.#translate(received, this.#output, now);
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

  /**
   * Sends what goes to Teredo addresses, and describes the rest in the first slots; returns how many those are.
   *
   * @param own whether the packets are the engine's own, or those from elsewhere than the /80
   */
  #carry(packets: DatagramBatch, own: boolean, now: number): number {
    const { bytes, offset, length, port, count } = packets;
    let kept = 0;
    let quick = false;
    for (let slot = 0; slot < count; slot++) {
      const at = offset[slot];
      port[slot] = 0;
      const isToCarry = isToTeredo(bytes, at, length[slot]) && (own || !this.#isOwn(bytes, at + SOURCE));
      if (!isToCarry) kept++;
      else if (this.#route(packets, slot, now)) quick = true;
      else this.#carrySlowly(packets, slot, now);
    }
    if (kept === count) return kept;
    if (quick) this.#socket.send(packets);
    this.#flushSlow();
    return keepOthers(packets, own ? undefined : this.#isOwn);
  }

  /** Addresses a packet to its peer if that is known and the packet, or each segment of it, small enough. */
  #route(packets: DatagramBatch, slot: number, now: number): boolean {
    if (largestPacket(packets, slot) > TEREDO_MTU) return false;
    const peer = this.#relay.route(packets.bytes, packets.offset[slot], now);
    if (peer === NO_PEER) return false;
    this.#toTeredo++;
    packets.address[slot] = this.#relay.mappedAddress(peer);
    packets.port[slot] = this.#relay.mappedPort(peer);
    return true;
  }

  /** To somebody who is not known yet: packets have to wait, one by one and as many as the relay keeps. */
  #carrySlowly(packets: DatagramBatch, slot: number, now: number): void {
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
    this.#relay.counters.drops[isTooBig ? "packet-too-big" : "queue-full"] += left;
  }

  #carryOne({ bytes, offset, length }: PacketBatch, slot: number, now: number): void {
    const at = offset[slot];
    this.#handle(this.#relay.fromIPv6(bytes.subarray(at, at + length[slot]), now), now);
  }

  /** Whether what came in a slot is a packet to pass on. It may be shorter than its datagram. */
  #accept(slot: number, now: number): boolean {
    const { bytes, offset, length, address, port } = this.#received;
    const at = offset[slot];
    if (this.#relay.accept(bytes, at, length[slot], address[slot], port[slot], now) !== NO_PEER) return true;
    const rubbish = this.#findRubbish(at, length[slot]);
    if (rubbish !== undefined) {
      this.#relay.counters.drops[rubbish]++;
      return false;
    }
    const datagram = bytes.subarray(at, at + length[slot]);
    let isPacket = false;
    for (const output of this.#relay.fromUDP(address[slot], port[slot], datagram, now)) {
      if (output.kind === "packet" && output.bytes.buffer === bytes.buffer) {
        // A view of what was handed in: it is taken where it lies.
        offset[slot] = output.bytes.byteOffset - bytes.byteOffset;
        length[slot] = output.bytes.length;
        isPacket = true;
      } else this.#handleOne(output, now);
    }
    return isPacket;
  }

  /** Why the relay would drop a datagram whoever sent it: most of what strangers send costs no more than this. */
  #findRubbish(at: number, length: number): DropReason | undefined {
    const { bytes } = this.#received;
    if (length < IPV6_HEADER) return "truncated";
    // Encapsulations (RFC 4380 §5.1.1) begin with 0: the relay looks behind them.
    if (bytes[at] === 0) return undefined;
    if (bytes[at] >>> 4 !== 6) return "unknown-encapsulation";
    if (word(bytes, at + SOURCE) !== TEREDO_WORD) return "not-teredo";
    const isServed = this.#servesOthers || isBubble(bytes, at) || this.#isOwn(bytes, at + DESTINATION);
    return isServed ? undefined : "destination-not-served";
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

  #handle(outputs: readonly RelayOutput[], now: number): void {
    for (const output of outputs) this.#handleOne(output, now);
  }

  #handleOne(output: RelayOutput, now: number): void {
    if (output.kind === "datagram") this.#queue(output.address, output.port, output.bytes);
    else this.#deliver(output.bytes, now);
  }

  #queue(address: number, port: number, bytes: Uint8Array): void {
    const slow = this.#slow;
    if (!isBubble(bytes, 0)) this.#toTeredo++;
    if (slow.count === SLOW) this.#flushSlow();
    const slot = slow.count++;
    slow.bytes.set(bytes, slot * ROOM);
    slow.offset[slot] = slot * ROOM;
    slow.length[slot] = bytes.length;
    slow.address[slot] = address;
    slow.port[slot] = port;
  }

  /** An ICMPv6 error of the relay: to the engine if it is about our own packet, else to whoever sent that. */
  #deliver(packet: Uint8Array, now: number): void {
    const own = this.#own;
    own.bytes.set(packet, HEADROOM);
    own.offset[0] = HEADROOM;
    own.length[0] = packet.length;
    own.count = 1;
    if (!this.#isOwn(own.bytes, HEADROOM + DESTINATION)) this.#tun.write(own);
    else this.#translate(own, this.#ownOutput, now);
  }

  #translate(input: PacketBatch, output: DatagramBatch, now: number): void {
    let from = 0;
    while (from < input.count) {
      const next = this.#engine.process(input, from, output, now);
      if (output.count > 0) this.send(output, now);
      else if (next === from) throw new Error("the engine made no progress on an empty output batch");
      from = next;
    }
  }

  #flushSlow(): void {
    if (this.#slow.count > 0) this.#socket.send(this.#slow);
    this.#slow.count = 0;
  }
}

/** Describes in the first slots what does not go to a Teredo address; returns how many those are. */
function keepOthers(packets: PacketBatch, isOwn: ((bytes: Uint8Array, at: number) => boolean) | undefined): number {
  const { bytes, offset, length, count } = packets;
  let kept = 0;
  for (let slot = 0; slot < count; slot++) {
    const at = offset[slot];
    if (!isToTeredo(bytes, at, length[slot]) || isOwn?.(bytes, at + SOURCE) === true) moveSlot(packets, slot, kept++);
  }
  return kept;
}

/** Length of the largest of the packets that a slot stands for. */
function largestPacket(packets: PacketBatch, slot: number): number {
  const length = packets.length[slot];
  if (packets.gsoType[slot] === GsoType.none) return length;
  return Math.min(length, packets.headerLength[slot] + packets.gsoSize[slot]);
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
