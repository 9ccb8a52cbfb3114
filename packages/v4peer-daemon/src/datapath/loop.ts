/**
 * The data path's round: wait, take what came by UDP and from the TUN device, translate, send. It allocates nothing per
 * packet. The peer's machine runs in the same thread: it sees what is not data, and has the timers besides the engine.
 */
import { HEADROOM, type Nat64Pipeline, type Pairs, RESERVE } from "@nat64/nat64-engine";
import {
  createDatagramBatch,
  createPacketBatch,
  type DatagramBatch,
  MERGE_ALL,
  MERGE_NONE,
  moveSlot,
  type PacketBatch,
  type ReadOptions,
} from "@nat64/packet-io/packets";
import type { UdpSocket } from "@nat64/packet-io/udp";
import { type EventFd, Poller } from "@nat64/packet-io/wait";
import { NO_RELAY, type V4Peer, type V4PeerOutput } from "@nat64/peer-machines";
import { type Tun, WriteHelper } from "@nat64/tun";
import { Bandwidth } from "./bandwidth.ts";
import { bytesInPackets } from "./bytes-in-packets.ts";
import { DatagramSorter, DROPPED, FOR_MACHINE } from "./datagram-sorter.ts";
import type { LoopCounters } from "./messages.ts";
import { Outbox } from "./outbox.ts";

/** What is read at a time: bytes, and slots for packets. A message of merged datagrams needs 64 slots to be in. */
const READ_BYTES = 1 << 21;
const READ_PACKETS = 2048;
const WRITE_PACKETS = 2048;

/** Whatever is merged here is cut again on its way out. */
const READ_OPTIONS: ReadOptions = { headroom: HEADROOM, reserve: RESERVE, merge: MERGE_ALL };

/** Microseconds to spin before the thread sleeps, and the longest pause in ms after which traffic counts as recent. */
const SPIN = 60;
const RECENT = 0.2;

/** The longest wait in milliseconds. */
const LONGEST_WAIT = 60_000;

export interface LoopParts {
  /** Left out: nothing is forwarded. */
  readonly tun: Tun | undefined;
  readonly udp: UdpSocket;
  readonly wakeUp: EventFd;
  readonly engine: Nat64Pipeline;
  readonly pairs: Pairs;
  readonly peer: V4Peer;
  /** Bits per second in each direction, `undefined` for no limit. */
  readonly bandwidth: number | undefined;
  /** Milliseconds on a clock that never goes back. */
  readonly clock: () => number;
  /** Called when a message may wait; `false` ends the loop. */
  readonly onMessage: (now: number) => boolean;
  /** Does what the machine wants, but for sending, which the loop does. */
  readonly carryOut: (output: Exclude<V4PeerOutput, { kind: "datagram" }>) => void;
}

export class DataPathLoop {
  readonly counters: LoopCounters = {
    wakeUps: 0,
    malformed: 0,
    unknownDestination: 0,
    relayNotValidated: 0,
    noRelay: 0,
    overLimit: 0,
  };
  readonly #parts: LoopParts;
  readonly #poller: Poller;
  readonly #sorter: DatagramSorter;
  readonly #outbox: Outbox;
  readonly #fromRelays: DatagramBatch = createDatagramBatch({ bytes: READ_BYTES + RESERVE, capacity: READ_PACKETS });
  readonly #fromTun: PacketBatch = createPacketBatch({ bytes: READ_BYTES + RESERVE, capacity: READ_PACKETS });
  /** What becomes of those, over the same bytes. */
  readonly #fromRelaysOut: DatagramBatch = createOutput(this.#fromRelays);
  readonly #fromTunOut: DatagramBatch = createOutput(this.#fromTun);
  readonly #receiveOptions: ReadOptions;
  readonly #toIPv4: Bandwidth;
  readonly #toIPv6: Bandwidth;
  readonly #helper: WriteHelper = new WriteHelper();
  readonly #teredo: Int32Array = new Int32Array(4);
  #nextTimer = 0;

  constructor(parts: LoopParts) {
    const { tun, udp, wakeUp, pairs, peer, bandwidth, clock } = parts;
    this.#parts = parts;
    this.#poller = new Poller([udp.fd, wakeUp.fd, tun?.fd ?? -1]);
    this.#sorter = new DatagramSorter(pairs, peer, this.counters);
    this.#outbox = new Outbox(udp);
    this.#receiveOptions = { headroom: HEADROOM, reserve: RESERVE, merge: tun?.takes ?? MERGE_NONE };
    this.#toIPv4 = new Bandwidth(bandwidth, clock());
    this.#toIPv6 = new Bandwidth(bandwidth, clock());
  }

  /** Blocks its thread until a message ends it. */
  run(): void {
    const { clock, wakeUp, onMessage } = this.#parts;
    const ready = this.#poller.ready;
    let now = clock();
    let spin = 0;
    for (;;) {
      if (now >= this.#nextTimer) this.#advance(now);
      const before = clock();
      this.#poller.wait(Math.max(0, this.#nextTimer - before), spin);
      now = clock();
      spin = now - before < RECENT ? SPIN : 0;
      this.counters.wakeUps++;
      if (ready[0] !== 0) this.#receive(now);
      if (ready[2] !== 0) this.#read(now);
      if (ready[1] !== 0) {
        wakeUp.clear();
        if (!onMessage(now)) return;
        this.#nextTimer = now;
      }
    }
  }

  /** The coordinator's limit for a pair, in bits per second in each direction. */
  limit(pair: number, bitsPerSecond: number | undefined): void {
    const now = this.#parts.clock();
    this.#toIPv4.limit(pair, bitsPerSecond, now);
    this.#toIPv6.limit(pair, bitsPerSecond, now);
  }

  /** Does what the machine wants. Datagrams go out in their order, with packets. */
  carryOut(outputs: readonly V4PeerOutput[]): void {
    for (const output of outputs) {
      if (output.kind !== "datagram") this.#parts.carryOut(output);
      else this.#outbox.add(output.bytes, output.address | 0, output.port);
    }
    this.#outbox.flush();
  }

  #advance(now: number): void {
    const { engine, peer } = this.#parts;
    const wait = engine.advance(this.#fromTunOut, now);
    this.#send(this.#fromTunOut, now);
    this.carryOut(peer.advance(now));
    this.#nextTimer = Math.min(now + Math.min(wait, LONGEST_WAIT), Math.max(now, peer.nextDeadline()));
  }

  #receive(now: number): void {
    const { udp } = this.#parts;
    const batch = this.#fromRelays;
    const { bytes, offset, length, address, port } = batch;
    const count = udp.receive(batch, this.#receiveOptions);
    let kept = 0;
    for (let slot = 0; slot < count; slot++) {
      const packetLength = this.#sorter.sort(bytes, offset[slot], length[slot], address[slot], port[slot]);
      if (packetLength === FOR_MACHINE) this.#giveToMachine(batch, slot, now);
      else if (packetLength !== DROPPED && this.#admit(bytesInPackets(batch, slot, packetLength), now)) {
        moveSlot(batch, slot, kept);
        length[kept++] = packetLength;
      }
    }
    batch.count = kept;
    this.#translate(batch, this.#fromRelaysOut, now);
  }

  #giveToMachine(batch: DatagramBatch, slot: number, now: number): void {
    const at = batch.offset[slot];
    const datagram = batch.bytes.slice(at, at + batch.length[slot]);
    this.carryOut(this.#parts.peer.receive(batch.address[slot], batch.port[slot], datagram, now));
    this.#nextTimer = now;
  }

  /** Whether the bandwidth is there for a packet of the pair that the sorter found. */
  #admit(length: number, now: number): boolean {
    if (this.#toIPv4.take(this.#sorter.pair, length, now)) return true;
    this.counters.overLimit++;
    return false;
  }

  #read(now: number): void {
    const { tun } = this.#parts;
    if (tun === undefined) return;
    tun.read(this.#fromTun, READ_OPTIONS);
    this.#translate(this.#fromTun, this.#fromTunOut, now);
  }

  #translate(input: PacketBatch, output: DatagramBatch, now: number): void {
    const { engine } = this.#parts;
    let from = 0;
    while (from < input.count) {
      const next = engine.process(input, from, output, now);
      if (next === from && output.count === 0) throw new Error("the engine made no progress on an empty output batch");
      this.#send(output, now);
      from = next;
    }
  }

  /** IPv4 packets to the TUN device, IPv6 packets to the relay of their pair. Empties the batch. */
  #send(output: DatagramBatch, now: number): void {
    const { tun, udp } = this.#parts;
    const { bytes, offset, count } = output;
    let kept = 0;
    for (let slot = 0; slot < count; slot++) {
      output.port[slot] = 0;
      if (bytes[offset[slot]] >>> 4 === 6) this.#address(output, slot, now);
      else kept++;
    }
    if (kept < count) {
      udp.send(output);
      kept = keepIPv4(output);
    }
    output.count = kept;
    if (kept > 0) tun?.write(output, this.#helper);
    output.count = 0;
  }

  /** Addresses an IPv6 packet to the relay of its pair, if it may go there. */
  #address(output: DatagramBatch, slot: number, now: number): void {
    const { pairs, peer } = this.#parts;
    const { bytes } = output;
    const words = this.#teredo;
    for (let i = 0; i < 4; i++) {
      const at = output.offset[slot] + 8 + 4 * i;
      words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    const pair = pairs.findByTeredo(words);
    const relay = pair < 0 ? NO_RELAY : peer.relays.relayOf(pair);
    if (relay === NO_RELAY) {
      this.counters.noRelay++;
      return;
    }
    if (!this.#toIPv6.take(pair, bytesInPackets(output, slot, output.length[slot]), now)) {
      this.counters.overLimit++;
      return;
    }
    output.address[slot] = peer.relays.addressOf(relay);
    output.port[slot] = peer.relays.portOf(relay);
  }
}

/** Output of the engine, over the bytes of its input. */
function createOutput({ bytes }: PacketBatch): DatagramBatch {
  return createDatagramBatch({ bytes, capacity: WRITE_PACKETS });
}

/** Takes the IPv6 packets out of a batch; returns how many are left. */
function keepIPv4(batch: PacketBatch): number {
  const { bytes, offset, count } = batch;
  let kept = 0;
  for (let slot = 0; slot < count; slot++) {
    if (bytes[offset[slot]] >>> 4 !== 6) moveSlot(batch, slot, kept++);
  }
  return kept;
}
