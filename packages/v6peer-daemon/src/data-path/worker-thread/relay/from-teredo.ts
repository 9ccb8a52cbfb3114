import { HEADROOM, RESERVE } from "@nat64/nat64-engine";
import {
  copySlot,
  createDatagramBatch,
  createPacketBatch,
  type DatagramBatch,
  moveSlot,
  type PacketBatch,
  type ReadOptions,
} from "@nat64/packet-io/packets";
import type { UdpSocket } from "@nat64/packet-io/udp";
import { get32 } from "@nat64/rfc6052/bytes";
import { type DropReason, isBubble, NO_PEER, type TeredoRelay } from "@nat64/teredo";
import type { EntryCheck } from "./entry-check.ts";
import { DESTINATION, IPV6_HEADER, SOURCE, TEREDO_WORD } from "./ipv6-fields.ts";
import type { IsOwnAddress, RelayPortParts } from "./parts.ts";
import type { RelayOutputs } from "./relay-outputs.ts";

/** Bytes and slots for packets that are received at once. A message of merged datagrams needs 64 free slots. */
const READ_BYTES = 1 << 21;
const READ_PACKETS = 2048;

/** Bytes of the buffer that packets are received in. */
export const RELAY_BYTES: number = READ_BYTES + RESERVE;

/** Packets that the engine makes from them; fragments and errors make more. */
const MADE_PACKETS = 2048;

/** From Teredo addresses to the IPv6 side: datagrams that came by UDP. Most strangers' datagrams are refused cheaply. */
export class FromTeredo {
  /** Forwarded packets; a super-packet counts as one. */
  packetsReceived = 0;
  /** Packets to the /80 from mappings that no probe validated. */
  notValidated = 0;
  readonly #parts: RelayPortParts;
  readonly #machine: TeredoRelay;
  readonly #socket: UdpSocket;
  readonly #outputs: RelayOutputs;
  readonly #entry: EntryCheck;
  readonly #isOwn: IsOwnAddress;
  readonly #servesOthers: boolean;
  readonly #received: DatagramBatch;
  readonly #readOptions: ReadOptions;
  /** The engine's packets from them, in the same bytes. */
  readonly #made: DatagramBatch;
  /** Packets to other hosts that the relay serves, which bypass the engine. */
  readonly #past: PacketBatch;

  /** @param servesOthers whether the relay serves prefixes in addition to the /80 */
  constructor(
    machine: TeredoRelay,
    socket: UdpSocket,
    outputs: RelayOutputs,
    entry: EntryCheck,
    parts: RelayPortParts,
    isOwn: IsOwnAddress,
    servesOthers: boolean,
  ) {
    const { bytes, tun } = parts;
    this.#parts = parts;
    this.#machine = machine;
    this.#socket = socket;
    this.#outputs = outputs;
    this.#entry = entry;
    this.#isOwn = isOwn;
    this.#servesOthers = servesOthers;
    this.#readOptions = { headroom: HEADROOM, reserve: RESERVE, merge: tun.takes };
    this.#received = createDatagramBatch({ bytes, capacity: READ_PACKETS });
    this.#made = createDatagramBatch({ bytes, capacity: MADE_PACKETS });
    this.#past = createPacketBatch({ bytes, capacity: READ_PACKETS });
  }

  /** Receives waiting datagrams. */
  receive(now: number): void {
    const received = this.#received;
    const { bytes, offset, address, port } = received;
    const past = this.#past;
    past.count = 0;
    let kept = 0;
    const count = this.#socket.receive(received, this.#readOptions);
    for (let slot = 0; slot < count; slot++) {
      if (!this.#accept(slot, now)) continue;
      if (!this.#isOwn(bytes, offset[slot] + DESTINATION)) copySlot(received, slot, past, past.count++);
      else if (this.#entry.mayEnter(bytes, offset[slot], address[slot], port[slot])) moveSlot(received, slot, kept++);
      else this.notValidated++;
    }
    this.packetsReceived += kept + past.count;
    received.count = kept;
    this.#outputs.flush();
    if (past.count > 0) this.#parts.tun.write(past);
    this.#parts.translate(received, this.#made, now);
  }

  /** Whether a slot has a packet to forward. The packet may be shorter than its datagram. */
  #accept(slot: number, now: number): boolean {
    const { bytes, offset, length, address, port } = this.#received;
    const at = offset[slot];
    if (this.#machine.accept(bytes, at, length[slot], address[slot], port[slot], now) !== NO_PEER) return true;
    const fault = this.#findFault(at, length[slot]);
    if (fault === undefined) return this.#acceptSlowly(slot, now);
    this.#machine.counters.drops[fault]++;
    return false;
  }

  /** Passes the datagram to the machine, which may learn from it and answer. */
  #acceptSlowly(slot: number, now: number): boolean {
    const { bytes, offset, length, address, port } = this.#received;
    const datagram = bytes.subarray(offset[slot], offset[slot] + length[slot]);
    let isPacket = false;
    for (const output of this.#machine.receiveDatagram(address[slot], port[slot], datagram, now)) {
      if (output.kind === "packet" && output.bytes.buffer === bytes.buffer) {
        // A view into the datagram: use the packet in place.
        offset[slot] = output.bytes.byteOffset - bytes.byteOffset;
        length[slot] = output.bytes.length;
        isPacket = true;
      } else this.#outputs.carryOut(output, now);
    }
    return isPacket;
  }

  /** Why the machine would drop a datagram from any sender: most datagrams of strangers cost no more than this. */
  #findFault(at: number, length: number): DropReason | undefined {
    const { bytes } = this.#received;
    if (length < IPV6_HEADER) return "truncated";
    // Encapsulations (RFC 4380 §5.1.1) begin with 0: the machine looks behind them.
    if (bytes[at] === 0) return undefined;
    if (bytes[at] >>> 4 !== 6) return "unknown-encapsulation";
    if (get32(bytes, at + SOURCE) !== TEREDO_WORD) return "not-teredo";
    const isServed = this.#servesOthers || isBubble(bytes, at) || this.#isOwn(bytes, at + DESTINATION);
    return isServed ? undefined : "destination-not-served";
  }
}
