import { get16 } from "@nat64/rfc6052/bytes";
import { Reason } from "../../drop-reasons.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";
import { add, sumOf } from "../../packet/checksum.ts";
import { type IpHeader, Protocol } from "../../packet/packet.ts";
import { TEREDO_WORD } from "../../packet/teredo-address.ts";
import { Udp } from "../../packet/udp.ts";
import { type HeldPackets, NO_PACKET, PACKET_HELD } from "../held/held-packets.ts";
import { FragmentRanges, REPEATED } from "./fragment-ranges.ts";
import { FRAGMENT_RECORD_WORDS, FragmentWord } from "./fragment-record.ts";
import { FragmentTable } from "./fragment-table.ts";
import { isComplete, isIcmp, mustWait } from "./hold-reasons.ts";
import { IntrusiveLists } from "./intrusive-lists.ts";

/** Verdict of {@link Fragments.admit}: the fragment passes, with its header completed. */
export const PASS = 0;

/** Groups of IPv4 destinations with an Identification each, a power of two (RFC 7739 §5). */
const IDENTIFICATION_GROUPS = 1024;

/** A pause after which every packet is over; times of records differ by less than 2^31 ms. */
const MAX_PAUSE_MS = 2 ** 30;

/** Expired packets that a fragment gives up on its way at most: more than one, so that they never pile up. */
const EXPIRED_PER_FRAGMENT = 8;

/** Lists of packets with held fragments: those that wait, and those whose fragments may be sent. */
const HOLDING = 0;
const RELEASING = 1;

/**
 * Handles fragments in any order (RFC 6146 §3.4). The first fragment has the ports; fragments that come before it are held, and
 * released in order of arrival. Packets are not reassembled: later fragments pass as they come. `hold-reasons.ts` lists when
 * fragments wait.
 *
 * When fragments overlap, the rest of the packet is dropped (RFC 5722). A duplicate fragment is dropped alone.
 *
 * Memory has two limits, since anyone can send parts of packets. A source (an IPv6 /64, an IPv4 address) may use an eighth: then
 * its own oldest packet makes room, or its fragment is refused. When the memory is full, the oldest packet makes room: real
 * fragments arrive within milliseconds of each other, so the oldest packet is the least likely to be completed.
 */
export class Fragments {
  /** After a fragment passed or was taken: bytes of the upper layer of the whole packet, 0 when not known yet. */
  upperLength = 0;
  /** Likewise: the sum of all bytes of a UDP datagram without a checksum, −1 for other packets. */
  upperSum = -1;
  /** Likewise: an Identification that is unique among the tracked packets. */
  identification = 0;

  readonly #held: HeldPackets;
  readonly #timeoutMs: number;
  readonly #drops: Float64Array;
  readonly #computesZeroChecksum: boolean;
  readonly #table: FragmentTable;
  readonly #records: Int32Array;
  readonly #ranges: FragmentRanges;
  readonly #holding: IntrusiveLists;
  readonly #hash: KeyedHash;
  /** The last Identification of each group of IPv4 destinations. */
  readonly #identifications = new Int32Array(IDENTIFICATION_GROUPS);
  /** The last time; a clock may start anywhere, so the first one is no pause. */
  #lastNow: number = Number.POSITIVE_INFINITY;
  /** A copy of the record of the fragment taken last, for `describeReleased`. */
  readonly #taken: Int32Array = new Int32Array(FRAGMENT_RECORD_WORDS);

  /**
   * @param packets fragmented packets that are tracked at the same time
   * @param held where fragments wait
   * @param timeoutMs milliseconds that a packet may take, at least 2000 (RFC 6146 §4 FRAGMENT_MIN)
   * @param drops counts by reason: held fragments that are given up are added here
   * @param computesZeroChecksum whether IPv4 UDP without a checksum gets one; it is dropped otherwise
   */
  constructor(
    packets: number,
    held: HeldPackets,
    hash: KeyedHash,
    timeoutMs: number,
    drops: Float64Array,
    computesZeroChecksum = true,
  ) {
    this.#computesZeroChecksum = computesZeroChecksum;
    this.#hash = hash;
    for (let group = 0; group < IDENTIFICATION_GROUPS; group++) {
      this.#identifications[group] = hash.of3(packets, timeoutMs, group);
    }
    this.#held = held;
    this.#timeoutMs = timeoutMs;
    this.#drops = drops;
    this.#table = new FragmentTable(packets, hash);
    this.#records = this.#table.records;
    this.#ranges = new FragmentRanges(packets);
    this.#holding = new IntrusiveLists(this.#records, FRAGMENT_RECORD_WORDS, FragmentWord.inHolding, 2);
  }

  /** Fragmented packets that are tracked now. */
  get count(): number {
    return this.#table.count;
  }

  /**
   * Decides about a fragment. When it passes, ports, protocol and ICMP type of its header are those of the whole packet, and the
   * caller has to call {@link takeReleased} for fragments that waited for it.
   *
   * @param bytes where the packet is
   * @param header of a packet with `isFragment`
   * @param now milliseconds
   * @returns {@link PASS}, `PACKET_HELD`, or −reason
   */
  admit(bytes: Uint8Array, header: IpHeader, now: number): number {
    this.expire(now, EXPIRED_PER_FRAGMENT);
    const payload = header.family === 6 ? header.fragmentHeader + 8 : header.transport;
    const size = header.offset + header.length - payload;
    const start = header.fragmentOffset;
    const end = start + size;
    if (size <= 0 || end > 0xffff) return -Reason["fragment-malformed"];
    const group = this.#held.groupOf(header.family, header.tuple.source);
    let entry = this.#table.find(header);
    if (entry >= 0 && this.#msLeft(entry, now) <= 0) {
      this.#discard(entry, Reason["fragment-timeout"]);
      entry = -1;
    }
    if (entry < 0) entry = this.#add(header, group, now);
    const at = entry * FRAGMENT_RECORD_WORDS;
    const records = this.#records;
    if (records[at + FragmentWord.dropReason] !== 0) return -records[at + FragmentWord.dropReason];
    const refused = this.#note(entry, start, end, header.moreFragments === 0);
    if (refused !== 0) return -refused;
    if (header.family === 4 && header.protocol === Protocol.udp) {
      // Fragments start at multiples of 8, so their sums can be added.
      records[at + FragmentWord.sum] = add(records[at + FragmentWord.sum], sumOf(bytes, payload, payload + size));
    }
    if (start === 0) {
      const bad = this.#noteFirst(bytes, entry, header, payload, size);
      if (bad !== 0) return -this.#dropRest(entry, bad);
    }
    if (mustWait(records, at)) return this.#hold(entry, bytes, header, group);
    if (records[at + FragmentWord.firstHeld] !== NO_PACKET && records[at + FragmentWord.isReleased] === 0) {
      records[at + FragmentWord.isReleased] = 1;
      this.#holding.remove(HOLDING, entry);
      this.#holding.append(RELEASING, entry);
    }
    this.#describe(records, at, header);
    if (records[at + FragmentWord.isReleased] === 0 && isComplete(records, at)) this.#table.remove(entry);
    return PASS;
  }

  /**
   * Takes the next released fragment.
   *
   * @param bytes @param position where to copy it: room for 65,535 bytes
   * @returns its bytes, 0 when there is none
   */
  takeReleased(bytes: Uint8Array, position: number): number {
    const entry = this.#holding.oldest(RELEASING);
    if (entry < 0) return 0;
    const at = entry * FRAGMENT_RECORD_WORDS;
    const records = this.#records;
    for (let word = 0; word < FRAGMENT_RECORD_WORDS; word++) this.#taken[word] = records[at + word];
    const packet = records[at + FragmentWord.firstHeld];
    const length = this.#held.copyTo(packet, bytes, position);
    records[at + FragmentWord.firstHeld] = this.#held.next(packet);
    this.#held.release(packet);
    if (records[at + FragmentWord.firstHeld] === NO_PACKET) {
      records[at + FragmentWord.isReleased] = 0;
      this.#holding.remove(RELEASING, entry);
      if (isComplete(records, at)) this.#table.remove(entry);
    }
    return length;
  }

  /** Completes the header of the fragment taken last from the first fragment, as `admit` does. */
  describeReleased(header: IpHeader): void {
    this.#describe(this.#taken, 0, header);
  }

  /**
   * Gives up packets that took too long.
   *
   * @param budget packets that may be given up in this call
   * @returns milliseconds until the next call: 0 when the budget did not suffice, Infinity when there are no packets
   */
  expire(now: number, budget: number): number {
    // After that, times wrap: what waits could live again.
    const isAllOver = now - this.#lastNow > MAX_PAUSE_MS;
    this.#lastNow = now;
    while (isAllOver && this.#table.oldest() >= 0) this.#discard(this.#table.oldest(), Reason["fragment-timeout"]);
    for (let left = budget; ; left--) {
      const entry = this.#table.oldest();
      if (entry < 0) return Number.POSITIVE_INFINITY;
      const ms = this.#msLeft(entry, now);
      if (ms > 0) return ms;
      if (left === 0) return 0;
      this.#discard(entry, Reason["fragment-timeout"]);
    }
  }

  /** Milliseconds that a packet has left; 0 or less when its time is over. */
  #msLeft(entry: number, now: number): number {
    return (this.#records[entry * FRAGMENT_RECORD_WORDS + FragmentWord.expiry] - (now | 0)) | 0;
  }

  #add(header: IpHeader, group: number, now: number): number {
    const oldest = this.#table.inTheWay(group);
    if (oldest >= 0) this.#discard(oldest, Reason["fragment-memory"]);
    const entry = this.#table.add(header, group);
    const records = this.#records;
    const at = entry * FRAGMENT_RECORD_WORDS;
    records[at + FragmentWord.expiry] = (now + this.#timeoutMs) | 0;
    records[at + FragmentWord.ownIdentification] = header.family === 6 ? this.#nextIdentification(header) : 0;
    records[at + FragmentWord.totalBytes] = -1;
    records[at + FragmentWord.firstHeld] = NO_PACKET;
    return entry;
  }

  /**
   * An Identification that no other recent packet to the same IPv4 destination has, in its low 16 bits either; never 0. An IPv4 peer
   * finds the destination in the source.
   */
  #nextIdentification({ tuple }: IpHeader): number {
    const { source, destination } = tuple;
    const group =
      destination[0] === TEREDO_WORD
        ? this.#hash.of3(TEREDO_WORD, source[3], 0)
        : this.#hash.of5(0, destination[0], destination[1], destination[2], destination[3]);
    const last = this.#identifications;
    const at = group & (IDENTIFICATION_GROUPS - 1);
    last[at] = (last[at] + 1) | 0 || 1;
    return last[at];
  }

  /** Notes which bytes a fragment covers. @returns 0, or the reason to drop it */
  #note(entry: number, start: number, end: number, last: boolean): Reason {
    const at = entry * FRAGMENT_RECORD_WORDS;
    const records = this.#records;
    const count = records[at + FragmentWord.fragments];
    const total = records[at + FragmentWord.totalBytes];
    const reason = this.#ranges.check(entry, count, start, end, last, total);
    if (reason === Reason.none) {
      this.#ranges.add(entry, count, start, end);
      records[at + FragmentWord.fragments] = count + 1;
      records[at + FragmentWord.receivedBytes] += end - start;
      if (last) records[at + FragmentWord.totalBytes] = end;
      return reason;
    }
    return reason === REPEATED ? Reason["fragment-overlap"] : this.#dropRest(entry, reason);
  }

  /** Notes the headers of the first fragment. @returns 0, or the reason to drop the packet */
  #noteFirst(bytes: Uint8Array, entry: number, header: IpHeader, payload: number, size: number): Reason {
    const at = entry * FRAGMENT_RECORD_WORDS;
    const records = this.#records;
    const before = header.transport - payload;
    // RFC 6146 §3.4: the ports must be in the first fragment, with the whole transport header.
    if (size - before < (header.protocol === Protocol.tcp ? 20 : 8)) return Reason["fragment-malformed"];
    if (isIcmp(header.protocol) && !isQuery(header)) return Reason["fragmented-icmp-error"];
    records[at + FragmentWord.hasFirst] = 1;
    records[at + FragmentWord.sourcePort] = header.tuple.sourcePort;
    records[at + FragmentWord.destinationPort] = header.tuple.destinationPort;
    records[at + FragmentWord.protocol] = header.protocol;
    records[at + FragmentWord.icmpType] = header.icmpType;
    records[at + FragmentWord.bytesBeforeUpper] = before;
    const isUdp4 = header.family === 4 && header.protocol === Protocol.udp;
    if (!isUdp4 || get16(bytes, header.transport + Udp.checksum) !== 0) return 0;
    records[at + FragmentWord.lacksChecksum] = 1;
    return this.#computesZeroChecksum ? 0 : Reason["udp-zero-checksum"];
  }

  #describe(records: Int32Array, at: number, header: IpHeader): void {
    header.tuple.sourcePort = records[at + FragmentWord.sourcePort];
    header.tuple.destinationPort = records[at + FragmentWord.destinationPort];
    header.protocol = records[at + FragmentWord.protocol];
    header.icmpType = records[at + FragmentWord.icmpType];
    // Only the first fragment has TCP flags: for the state machine the others are ordinary segments.
    if (header.fragmentOffset !== 0) header.tcpFlags = 0;
    this.upperLength =
      records[at + FragmentWord.totalBytes] < 0
        ? 0
        : records[at + FragmentWord.totalBytes] - records[at + FragmentWord.bytesBeforeUpper];
    this.identification = records[at + FragmentWord.ownIdentification];
    this.upperSum = records[at + FragmentWord.lacksChecksum] === 1 ? records[at + FragmentWord.sum] : -1;
  }

  #hold(entry: number, bytes: Uint8Array, header: IpHeader, group: number): number {
    const records = this.#records;
    const at = entry * FRAGMENT_RECORD_WORDS;
    let packet = this.#held.hold(bytes, header.offset, header.length, group);
    while (packet === NO_PACKET && this.#held.withinShare(group, header.length)) {
      const oldest = this.#holding.oldest(HOLDING);
      if (oldest < 0 || oldest === entry) break;
      this.#discard(oldest, Reason["fragment-memory"]);
      packet = this.#held.hold(bytes, header.offset, header.length, group);
    }
    if (packet === NO_PACKET) return -this.#dropRest(entry, Reason["fragment-memory"]);
    if (records[at + FragmentWord.firstHeld] === NO_PACKET) {
      records[at + FragmentWord.firstHeld] = packet;
      this.#holding.append(HOLDING, entry);
    } else {
      this.#held.setNext(records[at + FragmentWord.lastHeld], packet);
    }
    records[at + FragmentWord.lastHeld] = packet;
    return PACKET_HELD;
  }

  /** Drops the held fragments of a packet, and the rest as it comes. @returns the reason */
  #dropRest(entry: number, reason: Reason): Reason {
    this.#dropHeld(entry, reason);
    this.#records[entry * FRAGMENT_RECORD_WORDS + FragmentWord.dropReason] = reason;
    return reason;
  }

  /** Drops the held fragments of a packet and forgets it. */
  #discard(entry: number, reason: Reason): void {
    this.#dropHeld(entry, reason);
    this.#table.remove(entry);
  }

  #dropHeld(entry: number, reason: Reason): void {
    const records = this.#records;
    const at = entry * FRAGMENT_RECORD_WORDS;
    let packet = records[at + FragmentWord.firstHeld];
    if (packet === NO_PACKET) return;
    this.#holding.remove(records[at + FragmentWord.isReleased] === 1 ? RELEASING : HOLDING, entry);
    while (packet !== NO_PACKET) {
      const next = this.#held.next(packet);
      this.#held.release(packet);
      this.#drops[reason]++;
      packet = next;
    }
    records[at + FragmentWord.firstHeld] = NO_PACKET;
    records[at + FragmentWord.isReleased] = 0;
  }
}

function isQuery(header: IpHeader): boolean {
  return header.family === 6
    ? header.icmpType === 128 || header.icmpType === 129
    : header.icmpType === 8 || header.icmpType === 0;
}
