/**
 * Forwards packets: from relays by UDP through the engine to the TUN device, and back. It allocates nothing per packet. The
 * peer's machine runs in the same thread: it receives the datagrams that are not data, and has timers as the engine has.
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
import { DatagramOutbox, type UdpSocket } from "@nat64/packet-io/udp";
import type { LoopSource, LoopTask } from "@nat64/packet-io/wait";
import { NO_RELAY, type V4Peer, type V4PeerOutput } from "@nat64/peer-machines";
import { get32 } from "@nat64/rfc6052/bytes";
import { type Tun, WriteHelper } from "@nat64/tun";
import type { ForwarderDrops } from "../messages.ts";
import { Bandwidth } from "./bandwidth.ts";
import { bytesInPackets } from "./bytes-in-packets.ts";
import { DatagramSorter, DROPPED, FOR_MACHINE } from "./datagram-sorter.ts";

/** What is read at a time: bytes, and slots for packets. A message of merged datagrams needs 64 slots to be in. */
const READ_BYTES = 1 << 21;
const READ_PACKETS = 2048;
const WRITE_PACKETS = 2048;

/** Whatever is merged here is cut again on its way out. */
const READ_OPTIONS: ReadOptions = { headroom: HEADROOM, reserve: RESERVE, merge: MERGE_ALL };

/** The engine's timers act at least this often. */
const MAX_TIMER_MS = 60_000;

/** The parts that a forwarder connects. */
export interface ForwarderParts {
  /** Left out: nothing is forwarded. */
  readonly tun: Tun | undefined;
  readonly udp: UdpSocket;
  readonly engine: Nat64Pipeline;
  readonly pairs: Pairs;
  readonly peer: V4Peer;
  /** Bits per second in each direction, `undefined` for no limit. */
  readonly bandwidth: number | undefined;
  /** Milliseconds on a clock that never goes back. */
  readonly clock: () => number;
  /** Carries out an output of the machine; the forwarder sends the datagrams itself. */
  readonly carryOut: (output: Exclude<V4PeerOutput, { kind: "datagram" }>) => void;
}

/** The socket and the device are its sources; as a task it lets the timers of engine and machine act. */
export class Forwarder implements LoopTask {
  /** The UDP socket, and the TUN device if there is one. */
  readonly sources: readonly LoopSource[];
  /** Packets and datagrams that it dropped. */
  readonly drops: ForwarderDrops = {
    malformed: 0,
    unknownDestination: 0,
    relayNotValidated: 0,
    noRelay: 0,
    overLimit: 0,
  };
  readonly #parts: ForwarderParts;
  readonly #sorter: DatagramSorter;
  readonly #outbox: DatagramOutbox;
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

  constructor(parts: ForwarderParts) {
    const { tun, udp, pairs, peer, bandwidth, clock } = parts;
    this.#parts = parts;
    this.sources = [
      { fd: udp.fd, receive: (now) => this.#receive(now) },
      { fd: tun?.fd ?? -1, receive: (now) => this.#read(now) },
    ];
    this.#sorter = new DatagramSorter(pairs, peer, this.drops);
    this.#outbox = new DatagramOutbox(udp);
    this.#receiveOptions = { headroom: HEADROOM, reserve: RESERVE, merge: tun?.takes ?? MERGE_NONE };
    this.#toIPv4 = new Bandwidth(bandwidth, clock());
    this.#toIPv6 = new Bandwidth(bandwidth, clock());
  }

  nextDeadline(): number {
    return this.#nextTimer;
  }

  /** Lets the timers of engine and machine act that are due. */
  advance(now: number): void {
    if (now < this.#nextTimer) return;
    const { engine, peer } = this.#parts;
    const wait = engine.advance(this.#fromTunOut, now);
    this.#send(this.#fromTunOut, now);
    this.carryOut(peer.advance(now));
    this.#nextTimer = Math.min(now + Math.min(wait, MAX_TIMER_MS), Math.max(now, peer.nextDeadline()));
  }

  /** Lets the timers act in the next round: the machine has learned something, and may have a deadline that is sooner. */
  requestAdvance(): void {
    this.#nextTimer = 0;
  }

  /** The coordinator's limit for a pair, in bits per second in each direction. */
  limit(pair: number, bitsPerSecond: number | undefined): void {
    const now = this.#parts.clock();
    this.#toIPv4.limit(pair, bitsPerSecond, now);
    this.#toIPv6.limit(pair, bitsPerSecond, now);
  }

  /** Carries out outputs of the machine. Datagrams are sent in their order. */
  carryOut(outputs: readonly V4PeerOutput[]): void {
    for (const output of outputs) {
      if (output.kind !== "datagram") this.#parts.carryOut(output);
      else this.#outbox.add(output.bytes, output.address | 0, output.port);
    }
    this.#outbox.flush();
  }

  #receive(now: number): void {
    const { udp } = this.#parts;
    const batch = this.#fromRelays;
    const { bytes, offset, length, address, port } = batch;
    const count = udp.receive(batch, this.#receiveOptions);
    let kept = 0;
    for (let slot = 0; slot < count; slot++) {
      const packetLength = this.#sorter.sort(bytes, offset[slot], length[slot], address[slot], port[slot]);
      if (packetLength === FOR_MACHINE) this.#passToMachine(batch, slot, now);
      else if (packetLength !== DROPPED && this.#admit(bytesInPackets(batch, slot, packetLength), now)) {
        moveSlot(batch, slot, kept);
        length[kept++] = packetLength;
      }
    }
    batch.count = kept;
    this.#translate(batch, this.#fromRelaysOut, now);
  }

  #passToMachine(batch: DatagramBatch, slot: number, now: number): void {
    const at = batch.offset[slot];
    const datagram = batch.bytes.slice(at, at + batch.length[slot]);
    this.carryOut(this.#parts.peer.receiveDatagram(batch.address[slot], batch.port[slot], datagram, now));
    this.requestAdvance();
  }

  /** Whether the bandwidth is there for a packet of the pair that the sorter found. */
  #admit(length: number, now: number): boolean {
    if (this.#toIPv4.take(this.#sorter.pair, length, now)) return true;
    this.drops.overLimit++;
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
    for (let i = 0; i < 4; i++) words[i] = get32(bytes, output.offset[slot] + 8 + 4 * i);
    const pair = pairs.findByTeredo(words);
    const relay = pair < 0 ? NO_RELAY : peer.relays.relayOf(pair);
    if (relay === NO_RELAY) {
      this.drops.noRelay++;
      return;
    }
    if (!this.#toIPv6.take(pair, bytesInPackets(output, slot, output.length[slot]), now)) {
      this.drops.overLimit++;
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
