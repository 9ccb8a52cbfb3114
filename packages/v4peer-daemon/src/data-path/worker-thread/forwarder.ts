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
import { DatagramSorter, DROPPED, FOR_MACHINE } from "./datagram-sorter.ts";
import type { Shaping } from "./shaping.ts";

/** What is read at a time: bytes, and slots for packets. A message of merged datagrams needs 64 slots to be in. */
const READ_BYTES = 1 << 21;
const READ_PACKETS = 2048;
const WRITE_PACKETS = 2048;

/** Bytes of both batches. */
export const BATCH_BYTES: number = 2 * (READ_BYTES + RESERVE);

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
  readonly shaping: Shaping;
  /** {@link BATCH_BYTES} in the same buffer as the queues of `shaping`. */
  readonly bytes: Uint8Array;
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
  };
  readonly #parts: ForwarderParts;
  readonly #sorter: DatagramSorter;
  readonly #outbox: DatagramOutbox;
  readonly #fromRelays: DatagramBatch;
  readonly #fromTun: PacketBatch;
  /** What becomes of those, over the same bytes. */
  readonly #fromRelaysOut: DatagramBatch;
  readonly #fromTunOut: DatagramBatch;
  readonly #receiveOptions: ReadOptions;
  readonly #helper: WriteHelper = new WriteHelper();
  readonly #teredo: Int32Array = new Int32Array(4);
  #nextTimer = 0;

  constructor(parts: ForwarderParts) {
    const { tun, udp, pairs, peer, shaping, bytes } = parts;
    this.#parts = parts;
    const half = BATCH_BYTES / 2;
    this.#fromRelays = createDatagramBatch({ bytes: bytes.subarray(0, half), capacity: READ_PACKETS });
    this.#fromTun = createPacketBatch({ bytes: bytes.subarray(half, BATCH_BYTES), capacity: READ_PACKETS });
    this.#fromRelaysOut = createOutput(this.#fromRelays);
    this.#fromTunOut = createOutput(this.#fromTun);
    this.sources = [
      { fd: udp.fd, receive: (now) => this.#receive(now) },
      { fd: tun?.fd ?? -1, receive: (now) => this.#read(now) },
    ];
    this.#sorter = new DatagramSorter(pairs, peer, this.drops);
    this.#outbox = new DatagramOutbox(udp);
    this.#receiveOptions = { headroom: HEADROOM, reserve: RESERVE, merge: tun?.takes ?? MERGE_NONE };
    shaping.attach({
      toIPv4: this.#fromRelays,
      translate: (packets, now) => this.#translate(packets, this.#fromRelaysOut, now),
      toIPv6: this.#fromTunOut,
      transmit: (packets) => this.#transmit(packets),
    });
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
      else if (packetLength !== DROPPED) {
        moveSlot(batch, slot, kept);
        length[kept++] = packetLength;
      }
    }
    batch.count = kept;
    this.#parts.shaping.admitToIPv4(batch, now);
    this.#translate(batch, this.#fromRelaysOut, now);
  }

  #passToMachine(batch: DatagramBatch, slot: number, now: number): void {
    const at = batch.offset[slot];
    const datagram = batch.bytes.slice(at, at + batch.length[slot]);
    this.carryOut(this.#parts.peer.receiveDatagram(batch.address[slot], batch.port[slot], datagram, now));
    this.requestAdvance();
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

  /** Sends what the engine made, as far as the limits allow it now. Empties the batch. */
  #send(output: DatagramBatch, now: number): void {
    const { shaping } = this.#parts;
    if (shaping.isOn) {
      // What cannot leave uses up no bandwidth.
      this.#dropUnreachable(output);
      shaping.admitToIPv6(output, now);
    }
    this.#transmit(output);
  }

  /** Drops IPv6 packets to pairs to which no relay leads. */
  #dropUnreachable(output: DatagramBatch): void {
    const { bytes, offset, count } = output;
    let kept = 0;
    for (let slot = 0; slot < count; slot++) {
      if (bytes[offset[slot]] >>> 4 === 6 && this.#relayFor(output, slot) === NO_RELAY) this.drops.noRelay++;
      else moveSlot(output, slot, kept++);
    }
    output.count = kept;
  }

  /** IPv4 packets to the TUN device, IPv6 packets to the relay of their pair. Empties the batch. */
  #transmit(output: DatagramBatch): void {
    const { tun, udp } = this.#parts;
    const { bytes, offset, count } = output;
    let kept = 0;
    for (let slot = 0; slot < count; slot++) {
      output.port[slot] = 0;
      if (bytes[offset[slot]] >>> 4 === 6) this.#address(output, slot);
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

  /** Addresses an IPv6 packet to the relay of its pair. */
  #address(output: DatagramBatch, slot: number): void {
    const { relays } = this.#parts.peer;
    const relay = this.#relayFor(output, slot);
    if (relay === NO_RELAY) {
      this.drops.noRelay++;
      return;
    }
    output.address[slot] = relays.addressOf(relay);
    output.port[slot] = relays.portOf(relay);
  }

  /** The relay that leads to the pair of an IPv6 packet, or `NO_RELAY`. */
  #relayFor({ bytes, offset }: DatagramBatch, slot: number): number {
    const { pairs, peer } = this.#parts;
    const words = this.#teredo;
    for (let i = 0; i < 4; i++) words[i] = get32(bytes, offset[slot] + 8 + 4 * i);
    const pair = pairs.findByTeredo(words);
    return pair < 0 ? NO_RELAY : peer.relays.relayOf(pair);
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
