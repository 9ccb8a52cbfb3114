/**
 * The data path's round: wait, take what came by UDP and from the TUN device, translate, send. It allocates nothing per
 * packet. The peer's machine runs in the same thread: it sees what is not data, and has the timers besides the engine.
 */
import { createBatch, HEADROOM, type Nat64Pipeline, type PacketBatch, type Pairs, RESERVE } from "@nat64/nat64-engine";
import { NO_RELAY, type V4Peer, type V4PeerOutput } from "@nat64/nat64-engine/peer";
import { createDatagramBatch, type DatagramBatch, type EventFd, Poller, type Tun, type UdpSocket } from "@nat64/tun";
import { Bandwidth } from "./bandwidth.ts";
import { DatagramSorter, DROPPED, FOR_MACHINE } from "./datagram-sorter.ts";
import type { LoopCounters } from "./messages.ts";
import { RelaySender } from "./relay-sender.ts";

/** Bytes for what is read at a time, and slots for packets. */
const READ_BYTES = 1 << 20;
const READ_PACKETS = 1024;
const WRITE_PACKETS = 2048;

const READ_OPTIONS = { headroom: HEADROOM, reserve: RESERVE } as const;

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
  readonly #sender: RelaySender;
  readonly #datagrams: DatagramBatch = createDatagramBatch({ bytes: READ_BYTES + RESERVE, capacity: 64 });
  /** Over the bytes of `#datagrams`: packets that came by UDP, and what becomes of them. */
  readonly #fromRelays: PacketBatch = createBatch(this.#datagrams.bytes, READ_PACKETS);
  readonly #fromRelaysOut: PacketBatch = createBatch(this.#datagrams.bytes, WRITE_PACKETS);
  readonly #tunBytes = new Uint8Array(READ_BYTES + RESERVE);
  readonly #fromTun: PacketBatch = createBatch(this.#tunBytes, READ_PACKETS);
  readonly #fromTunOut: PacketBatch = createBatch(this.#tunBytes, WRITE_PACKETS);
  readonly #toIPv4: Bandwidth;
  readonly #toIPv6: Bandwidth;
  readonly #teredo: Int32Array = new Int32Array(4);
  #nextTimer = 0;

  constructor(parts: LoopParts) {
    const { tun, udp, wakeUp, pairs, peer, bandwidth, clock } = parts;
    this.#parts = parts;
    this.#poller = new Poller([udp.fd, wakeUp.fd, tun?.fd ?? -1]);
    this.#sorter = new DatagramSorter(pairs, peer.relays, this.counters);
    this.#sender = new RelaySender(udp);
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
      else this.#sender.add(output.bytes, 0, output.bytes.length, output.address | 0, output.port);
    }
    this.#sender.flush();
  }

  #advance(now: number): void {
    const { engine, peer } = this.#parts;
    const wait = engine.advance(this.#fromTunOut, now);
    this.#send(this.#fromTunOut, now);
    this.carryOut(peer.advance(now));
    this.#nextTimer = Math.min(now + Math.min(wait, LONGEST_WAIT), Math.max(now, peer.nextDeadline()));
  }

  #receive(now: number): void {
    const { udp, peer } = this.#parts;
    const batch = this.#datagrams;
    const packets = this.#fromRelays;
    const { bytes } = batch;
    const count = udp.receive(batch, READ_OPTIONS);
    packets.count = 0;
    for (let slot = 0; slot < count; slot++) {
      const at = 4 * slot;
      const { address: from } = batch;
      const address = (from[at] << 24) | (from[at + 1] << 16) | (from[at + 2] << 8) | from[at + 3];
      const port = batch.port[slot];
      const end = batch.offset[slot] + batch.length[slot];
      const step = batch.segmentSize[slot] || batch.length[slot];
      for (let offset = batch.offset[slot]; offset < end; offset += step) {
        const length = Math.min(step, end - offset);
        const packetLength = this.#sorter.sort(bytes, offset, length, address, port);
        if (packetLength === FOR_MACHINE) {
          this.carryOut(peer.receive(address, port, bytes.slice(offset, offset + length), now));
          this.#nextTimer = now;
        } else if (packetLength !== DROPPED) {
          this.#add(this.#sorter.pair, offset, packetLength, now);
        }
      }
    }
    this.#translate(packets, this.#fromRelaysOut, now);
  }

  /** Puts a packet of a relay into the batch for the engine. */
  #add(pair: number, offset: number, length: number, now: number): void {
    const packets = this.#fromRelays;
    if (!this.#toIPv4.take(pair, length, now)) {
      this.counters.overLimit++;
      return;
    }
    // More than this do not fit in what is received at a time: 15 messages of at most 64 datagrams.
    if (packets.count === packets.capacity) return;
    const slot = packets.count++;
    packets.offset[slot] = offset;
    packets.length[slot] = length;
    packets.flags[slot] = 0;
    packets.gsoType[slot] = 0;
    packets.gsoSize[slot] = 0;
    packets.headerLength[slot] = 0;
    packets.checksumStart[slot] = 0;
    packets.checksumOffset[slot] = 0;
  }

  #read(now: number): void {
    const { tun } = this.#parts;
    if (tun === undefined) return;
    tun.read(this.#fromTun, READ_OPTIONS);
    this.#translate(this.#fromTun, this.#fromTunOut, now);
  }

  #translate(input: PacketBatch, output: PacketBatch, now: number): void {
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
  #send(output: PacketBatch, now: number): void {
    const { tun } = this.#parts;
    const { bytes, offset, length } = output;
    let kept = 0;
    for (let slot = 0; slot < output.count; slot++) {
      if (bytes[offset[slot]] >>> 4 === 6) this.#sendToRelay(bytes, offset[slot], length[slot], now);
      else moveSlot(output, slot, kept++);
    }
    this.#sender.flush();
    output.count = kept;
    if (kept > 0) tun?.write(output);
    output.count = 0;
  }

  #sendToRelay(bytes: Uint8Array, offset: number, length: number, now: number): void {
    const { pairs, peer } = this.#parts;
    const words = this.#teredo;
    for (let i = 0; i < 4; i++) {
      const at = offset + 8 + 4 * i;
      words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    const pair = pairs.findByTeredo(words);
    const relay = pair < 0 ? NO_RELAY : peer.relays.relayOf(pair);
    if (relay === NO_RELAY) {
      this.counters.noRelay++;
      return;
    }
    if (!this.#toIPv6.take(pair, length, now)) {
      this.counters.overLimit++;
      return;
    }
    this.#sender.add(bytes, offset, length, peer.relays.addressOf(relay), peer.relays.portOf(relay));
  }
}

function moveSlot(batch: PacketBatch, from: number, to: number): void {
  if (from === to) return;
  batch.offset[to] = batch.offset[from];
  batch.length[to] = batch.length[from];
  batch.flags[to] = batch.flags[from];
  batch.gsoType[to] = batch.gsoType[from];
  batch.gsoSize[to] = batch.gsoSize[from];
  batch.headerLength[to] = batch.headerLength[from];
  batch.checksumStart[to] = batch.checksumStart[from];
  batch.checksumOffset[to] = batch.checksumOffset[from];
}
