/**
 * The built-in relay in the data path's thread: packets to Teredo addresses leave by UDP instead of the TUN device, and
 * datagrams that come by UDP go to the engine. The fast methods of `TeredoRelay` handle packets of known peers in place. All
 * others are handled one by one.
 */
import type { DatagramBatch } from "@nat64/packet-io/packets";
import { DatagramOutbox, type UdpSocket } from "@nat64/packet-io/udp";
import type { LoopSource, LoopTask } from "@nat64/packet-io/wait";
import type { IPv6Words } from "@nat64/rfc6052";
import type { TeredoRelay } from "@nat64/teredo";
import type { RelayStatus } from "../../messages/peer-exits.ts";
import { EntryCheck } from "./entry-check.ts";
import { FromTeredo } from "./from-teredo.ts";
import { OwnPackets } from "./own-packets.ts";
import type { IsOwnAddress, RelayPortParts } from "./parts.ts";
import { RelayOutputs } from "./relay-outputs.ts";
import { ToTeredo } from "./to-teredo.ts";

/** Datagrams of the relay itself that are sent at once: bubbles and queued packets. */
const OWN_DATAGRAMS = 128;

/** The relay's socket as a source of the loop, and its timers as a task. */
export class RelayPort implements LoopSource, LoopTask {
  readonly #machine: TeredoRelay;
  readonly #socket: UdpSocket;
  readonly #parts: RelayPortParts;
  readonly #servesOthers: boolean;
  readonly #outputs: RelayOutputs;
  readonly #entry: EntryCheck;
  readonly #toTeredo: ToTeredo;
  readonly #fromTeredo: FromTeredo;

  /** @param servesOthers whether the relay serves prefixes in addition to the /80 */
  constructor(
    machine: TeredoRelay,
    socket: UdpSocket,
    parts: RelayPortParts,
    isOwn: IsOwnAddress,
    servesOthers: boolean,
  ) {
    this.#machine = machine;
    this.#socket = socket;
    this.#parts = parts;
    this.#servesOthers = servesOthers;
    this.#outputs = new RelayOutputs(new DatagramOutbox(socket, OWN_DATAGRAMS), new OwnPackets(parts, isOwn));
    this.#entry = new EntryCheck(machine);
    this.#toTeredo = new ToTeredo(machine, socket, this.#outputs, isOwn);
    this.#fromTeredo = new FromTeredo(machine, socket, this.#outputs, this.#entry, parts, isOwn, servesOthers);
  }

  get fd(): number {
    return this.#socket.fd;
  }

  /** Called when a valid message 2 came from a Teredo address: from now on packets may enter through its mapping. */
  validate(teredo: IPv6Words, now: number): void {
    this.#entry.validate(teredo, now);
  }

  nextDeadline(): number {
    return this.#machine.nextDeadline();
  }

  advance(now: number): void {
    if (now < this.#machine.nextDeadline()) return;
    this.#outputs.carryOutAll(this.#machine.advance(now), now);
    this.#outputs.flush();
  }

  /** Sends the engine's packets: by UDP if they go to Teredo addresses, otherwise to the TUN device. */
  send(packets: DatagramBatch, now: number): void {
    packets.count = this.#toTeredo.carry(packets, true, now);
    if (packets.count > 0) this.#parts.toDevice(packets, now);
  }

  /** Removes packets to Teredo addresses from a batch from the TUN device if the relay serves their source, and sends them. */
  divert(packets: DatagramBatch, now: number): void {
    if (this.#servesOthers) packets.count = this.#toTeredo.carry(packets, false, now);
  }

  receive(now: number): void {
    this.#fromTeredo.receive(now);
  }

  status(): RelayStatus {
    const { bubblesSent, errorsSent, mappingsMoved, drops } = this.#machine.counters;
    const { writeErrors, refusedWrites, shortWrites, truncatedReads } = this.#socket.counters();
    const allDrops = [...Object.entries(drops), ["not-validated", this.#fromTeredo.notValidated] as const];
    return {
      peers: this.#machine.peerCount,
      queuedBytes: this.#machine.queuedBytes,
      packetsToTeredo: this.#toTeredo.packetsSent + this.#outputs.packetsSent,
      packetsFromTeredo: this.#fromTeredo.packetsReceived,
      bubblesSent,
      errorsSent,
      mappingsMoved,
      drops: Object.fromEntries(allDrops.filter(([, count]) => count > 0)),
      socketErrors: { refused: refusedWrites, short: shortWrites, truncated: truncatedReads, ...writeErrors },
    };
  }
}
