import { Reason } from "../../drop-reasons.ts";
import { indexHeads } from "../../hash/hash-index.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";
import { get16 } from "../../packet/bytes.ts";
import { add, sumOf } from "../../packet/checksum.ts";
import { type IpHeader, Protocol } from "../../packet/packet.ts";
import { Udp } from "../../packet/udp.ts";
import { type HeldPackets, NO_PACKET, PACKET_HELD } from "../held/held-packets.ts";
import { FragmentRanges, REPEATED } from "./fragment-ranges.ts";
import { IntrusiveLists } from "./intrusive-lists.ts";

/** Verdict of {@link Fragments.admit}: the fragment goes on, its header filled up. */
export const PASS = 0;

/** Groups of sources, as in {@link HeldPackets}; each may have an eighth of the packets. */
const GROUPS = 1024;
const SHARE = 8;

// Words of a record: one fragmented packet.
/** Family, and for IPv4 the protocol above; −1 while the record is free. */
const KIND = 0;
/** 1 … 4 source, 5 … 8 destination. */
const SOURCE = 1;
const DESTINATION = 5;
const IDENTIFICATION = 9;
const NEXT = 10;
/** 11, 12: in the list of all; 13, 14: in that of the source's group; 15, 16: in that of those that hold fragments. */
const IN_ALL = 11;
const IN_GROUP = 13;
const IN_HOLDING = 15;
const EXPIRY = 17;
const GROUP = 18;
/** Reason that the rest of the packet is dropped for, 0 for none. */
const POISON = 19;
/** 1 once the first fragment came. */
const HAS_FIRST = 20;
/** Bytes of the fragmented part, known from the last fragment; −1 before. */
const TOTAL = 21;
/** What the first fragment told: ports, upper-layer protocol, ICMP type, bytes of extension headers before the upper layer. */
const SOURCE_PORT = 22;
const DESTINATION_PORT = 23;
const PROTOCOL = 24;
const ICMP_TYPE = 25;
const BEFORE_UPPER = 26;
const RECEIVED = 27;
const FRAGMENTS = 28;
/** Fragments that wait, in order of arrival. */
const FIRST_HELD = 29;
const LAST_HELD = 30;
/** 1 when what waits may go. */
const RELEASED = 31;
/** The sum of all bytes that came, for IPv4 UDP; 1 when the first fragment has no UDP checksum. */
const SUM = 32;
const LACKS_CHECKSUM = 33;
/** An Identification of our own: never 0, different for each packet that is followed. */
const OWN_IDENTIFICATION = 34;
const RECORD_WORDS = 35;

const ALL = 0;
const HOLDING = 0;
const RELEASING = 1;

/**
 * Fragments in any order (RFC 6146 §3.4). The first fragment tells the ports of all others; those that come before it
 * are held, and released in order of arrival. Nothing is reassembled: later fragments pass as they come.
 *
 * A fragmented ICMP query waits until its first and its last fragment are there: its ICMPv6 checksum covers the length.
 * An IPv4 UDP packet without checksum waits until it is complete: IPv6 wants one, which covers all of it.
 *
 * When fragments overlap, what is left of the packet is dropped (RFC 5722); a plain repetition is dropped alone.
 *
 * Memory is bounded twice, since anyone can send first halves of packets. A source (an IPv6 /64, an IPv4 address) may
 * fill an eighth: then its own oldest packet makes room, or it is refused. When all is full the oldest packet goes:
 * honest fragments arrive within milliseconds of each other, so who waits longest is the least likely to be completed.
 */
export class Fragments {
  /** After a fragment passed or was taken: bytes of the whole packet's upper layer, 0 when that is not known yet. */
  upperLength = 0;
  /** Likewise: the sum of all its bytes when it is UDP without a checksum, −1 otherwise. */
  upperSum = -1;
  /** Likewise: an Identification that no other packet followed now has. */
  identification = 0;

  readonly #held: HeldPackets;
  readonly #hash: KeyedHash;
  readonly #timeout: number;
  readonly #drops: Float64Array;
  readonly #computesZeroChecksum: boolean;
  readonly #records: Int32Array;
  readonly #ranges: FragmentRanges;
  readonly #heads: Int32Array;
  readonly #mask: number;
  readonly #all: IntrusiveLists;
  readonly #groups: IntrusiveLists;
  /** Lists of those that hold fragments: {@link HOLDING} and {@link RELEASING}. */
  readonly #holding: IntrusiveLists;
  readonly #inGroup: Int32Array = new Int32Array(GROUPS);
  readonly #share: number;
  #free = -1;
  #count = 0;
  #nextIdentification: number;
  /** The packet that the fragment taken last belonged to: what `describeReleased` tells. */
  readonly #taken: Int32Array = new Int32Array(RECORD_WORDS);

  /**
   * @param packets fragmented packets that are followed at the same time
   * @param held where fragments wait
   * @param timeout milliseconds that a packet may take, at least 2000 (RFC 6146 §4 FRAGMENT_MIN)
   * @param drops counts by reason: fragments that were held and are given up are added here
   * @param computesZeroChecksum whether IPv4 UDP without a checksum is to get one; dropped otherwise
   */
  constructor(
    packets: number,
    held: HeldPackets,
    hash: KeyedHash,
    timeout: number,
    drops: Float64Array,
    computesZeroChecksum = true,
  ) {
    this.#computesZeroChecksum = computesZeroChecksum;
    this.#nextIdentification = hash.of3(packets, timeout, 0);
    this.#held = held;
    this.#hash = hash;
    this.#timeout = timeout;
    this.#drops = drops;
    this.#records = new Int32Array(packets * RECORD_WORDS);
    this.#ranges = new FragmentRanges(packets);
    this.#heads = new Int32Array(indexHeads(packets)).fill(-1);
    this.#mask = indexHeads(packets) - 1;
    this.#all = new IntrusiveLists(this.#records, RECORD_WORDS, IN_ALL, 1);
    this.#groups = new IntrusiveLists(this.#records, RECORD_WORDS, IN_GROUP, GROUPS);
    this.#holding = new IntrusiveLists(this.#records, RECORD_WORDS, IN_HOLDING, 2);
    this.#share = Math.ceil(packets / SHARE);
    for (let entry = packets - 1; entry >= 0; entry--) {
      this.#records[entry * RECORD_WORDS + KIND] = -1;
      this.#records[entry * RECORD_WORDS + NEXT] = this.#free;
      this.#free = entry;
    }
  }

  /** Fragmented packets that are followed now. */
  get count(): number {
    return this.#count;
  }

  /**
   * Decides on a fragment. When it passes, ports, protocol and ICMP type of its header are those of the whole packet,
   * and {@link takeReleased} has to be asked for fragments that waited for it.
   *
   * @param bytes where the packet is
   * @param header of a packet with `isFragment`
   * @param now milliseconds
   * @returns {@link PASS}, `PACKET_HELD`, or −reason
   */
  admit(bytes: Uint8Array, header: IpHeader, now: number): number {
    this.expire(now);
    const payload = header.family === 6 ? header.fragmentHeader + 8 : header.transport;
    const size = header.offset + header.length - payload;
    const start = header.fragmentOffset;
    const end = start + size;
    if (size <= 0 || end > 0xffff) return -Reason["fragment-malformed"];
    const group = this.#held.groupOf(header.family, header.tuple.source);
    let entry = this.#find(header);
    if (entry < 0) entry = this.#make(header, group, now);
    const at = entry * RECORD_WORDS;
    const records = this.#records;
    if (records[at + POISON] !== 0) return -records[at + POISON];
    const refused = this.#note(entry, start, end, header.moreFragments === 0);
    if (refused !== 0) return -refused;
    if (header.family === 4 && header.protocol === Protocol.udp) {
      // Fragments start at multiples of 8, so each can be summed by itself.
      records[at + SUM] = add(records[at + SUM], sumOf(bytes, payload, payload + size));
    }
    if (start === 0) {
      const bad = this.#noteFirst(bytes, entry, header, payload, size);
      if (bad !== 0) return -this.#poison(entry, bad);
    }
    if (!this.#ready(at)) return this.#hold(entry, bytes, header, group);
    if (records[at + FIRST_HELD] !== NO_PACKET && records[at + RELEASED] === 0) {
      records[at + RELEASED] = 1;
      this.#holding.remove(HOLDING, entry);
      this.#holding.append(RELEASING, entry);
    }
    this.#describe(records, at, header);
    if (records[at + RELEASED] === 0 && this.#complete(at)) this.#remove(entry);
    return PASS;
  }

  /**
   * Takes out the next fragment that may go now.
   *
   * @param bytes @param position where it is copied to: room for 65,535 bytes
   * @returns its bytes, 0 when there is none
   */
  takeReleased(bytes: Uint8Array, position: number): number {
    const entry = this.#holding.oldest(RELEASING);
    if (entry < 0) return 0;
    const at = entry * RECORD_WORDS;
    const records = this.#records;
    for (let word = 0; word < RECORD_WORDS; word++) this.#taken[word] = records[at + word];
    const packet = records[at + FIRST_HELD];
    const length = this.#held.copyTo(packet, bytes, position);
    records[at + FIRST_HELD] = this.#held.next(packet);
    this.#held.release(packet);
    if (records[at + FIRST_HELD] === NO_PACKET) {
      records[at + RELEASED] = 0;
      this.#holding.remove(RELEASING, entry);
      if (this.#complete(at)) this.#remove(entry);
    }
    return length;
  }

  /** Fills the header of the fragment taken last with what the first one told, as `admit` does. */
  describeReleased(header: IpHeader): void {
    this.#describe(this.#taken, 0, header);
  }

  /**
   * Gives up packets that took too long.
   *
   * @returns milliseconds until the next call, Infinity when there are none
   */
  expire(now: number): number {
    for (;;) {
      const entry = this.#all.oldest(ALL);
      if (entry < 0) return Number.POSITIVE_INFINITY;
      const left = (this.#records[entry * RECORD_WORDS + EXPIRY] - (now | 0)) | 0;
      if (left > 0) return left;
      this.#dropHeld(entry, Reason["fragment-timeout"]);
      this.#remove(entry);
    }
  }

  /** The bucket of a family, an Identification and two addresses that start at these places. */
  #bucket(kind: number, id: number, s: Int32Array, sAt: number, d: Int32Array, dAt: number): number {
    if ((kind & 0xff) === 4) return this.#hash.of5(kind, id, s[sAt], d[dAt], 0) & this.#mask;
    const source = this.#hash.of5(kind, s[sAt], s[sAt + 1], s[sAt + 2], s[sAt + 3]);
    return this.#hash.of5(source ^ id, d[dAt], d[dAt + 1], d[dAt + 2], d[dAt + 3]) & this.#mask;
  }

  #find(header: IpHeader): number {
    const records = this.#records;
    const kind = kindOf(header);
    const { source, destination } = header.tuple;
    let entry = this.#heads[this.#bucket(kind, header.identification, source, 0, destination, 0)];
    for (; entry >= 0; entry = records[entry * RECORD_WORDS + NEXT]) {
      const at = entry * RECORD_WORDS;
      if (records[at + KIND] !== kind || records[at + IDENTIFICATION] !== header.identification) continue;
      let word = 0;
      const words = header.family === 6 ? 4 : 1;
      while (
        word < words &&
        records[at + SOURCE + word] === source[word] &&
        records[at + DESTINATION + word] === destination[word]
      ) {
        word++;
      }
      if (word === words) return entry;
    }
    return -1;
  }

  #make(header: IpHeader, group: number, now: number): number {
    if (this.#inGroup[group] >= this.#share) this.#evict(this.#groups.oldest(group));
    else if (this.#free < 0) this.#evict(this.#all.oldest(ALL));
    const entry = this.#free;
    const records = this.#records;
    const at = entry * RECORD_WORDS;
    this.#free = records[at + NEXT];
    const kind = kindOf(header);
    const { source, destination } = header.tuple;
    const bucket = this.#bucket(kind, header.identification, source, 0, destination, 0);
    records.fill(0, at, at + RECORD_WORDS);
    records[at + KIND] = kind;
    for (let word = 0; word < 4; word++) {
      records[at + SOURCE + word] = source[word];
      records[at + DESTINATION + word] = destination[word];
    }
    records[at + IDENTIFICATION] = header.identification;
    records[at + NEXT] = this.#heads[bucket];
    this.#heads[bucket] = entry;
    records[at + EXPIRY] = (now + this.#timeout) | 0;
    records[at + GROUP] = group;
    this.#nextIdentification = (this.#nextIdentification + 1) | 0 || 1;
    records[at + OWN_IDENTIFICATION] = this.#nextIdentification;
    records[at + TOTAL] = -1;
    records[at + FIRST_HELD] = NO_PACKET;
    this.#all.append(ALL, entry);
    this.#groups.append(group, entry);
    this.#inGroup[group]++;
    this.#count++;
    return entry;
  }

  /** Notes which bytes a fragment covers. @returns 0, or the reason that it is dropped for */
  #note(entry: number, start: number, end: number, last: boolean): Reason {
    const at = entry * RECORD_WORDS;
    const records = this.#records;
    const count = records[at + FRAGMENTS];
    const total = records[at + TOTAL];
    const reason = this.#ranges.check(entry, count, start, end, last, total);
    if (reason === Reason.none) {
      this.#ranges.add(entry, count, start, end);
      records[at + FRAGMENTS] = count + 1;
      records[at + RECEIVED] += end - start;
      if (last) records[at + TOTAL] = end;
      return reason;
    }
    return reason === REPEATED ? Reason["fragment-overlap"] : this.#poison(entry, reason);
  }

  /** Notes what the first fragment tells. @returns 0, or the reason to drop the packet */
  #noteFirst(bytes: Uint8Array, entry: number, header: IpHeader, payload: number, size: number): Reason {
    const at = entry * RECORD_WORDS;
    const records = this.#records;
    const before = header.transport - payload;
    // RFC 6146 §3.4: the ports must be in the first fragment, with the whole transport header.
    if (size - before < (header.protocol === Protocol.tcp ? 20 : 8)) return Reason["fragment-malformed"];
    if (isIcmp(header.protocol) && !isQuery(header)) return Reason["fragmented-icmp-error"];
    records[at + HAS_FIRST] = 1;
    records[at + SOURCE_PORT] = header.tuple.sourcePort;
    records[at + DESTINATION_PORT] = header.tuple.destinationPort;
    records[at + PROTOCOL] = header.protocol;
    records[at + ICMP_TYPE] = header.icmpType;
    records[at + BEFORE_UPPER] = before;
    const isUdp4 = header.family === 4 && header.protocol === Protocol.udp;
    if (!isUdp4 || get16(bytes, header.transport + Udp.checksum) !== 0) return 0;
    records[at + LACKS_CHECKSUM] = 1;
    return this.#computesZeroChecksum ? 0 : Reason["udp-zero-checksum"];
  }

  /** Whether fragments may pass. */
  #ready(at: number): boolean {
    const records = this.#records;
    if (records[at + HAS_FIRST] === 0) return false;
    if (records[at + LACKS_CHECKSUM] === 1) return this.#complete(at);
    return !isIcmp(records[at + PROTOCOL]) || records[at + TOTAL] >= 0;
  }

  #complete(at: number): boolean {
    return this.#records[at + RECEIVED] === this.#records[at + TOTAL];
  }

  #describe(records: Int32Array, at: number, header: IpHeader): void {
    header.tuple.sourcePort = records[at + SOURCE_PORT];
    header.tuple.destinationPort = records[at + DESTINATION_PORT];
    header.protocol = records[at + PROTOCOL];
    header.icmpType = records[at + ICMP_TYPE];
    // Flags stand in the first fragment only: the others are segments like any other to the TCP state machine.
    if (header.fragmentOffset !== 0) header.tcpFlags = 0;
    this.upperLength = records[at + TOTAL] < 0 ? 0 : records[at + TOTAL] - records[at + BEFORE_UPPER];
    this.identification = records[at + OWN_IDENTIFICATION];
    this.upperSum = records[at + LACKS_CHECKSUM] === 1 ? records[at + SUM] : -1;
  }

  #hold(entry: number, bytes: Uint8Array, header: IpHeader, group: number): number {
    const records = this.#records;
    const at = entry * RECORD_WORDS;
    let packet = this.#held.hold(bytes, header.offset, header.length, group);
    while (packet === NO_PACKET && this.#held.withinShare(group, header.length)) {
      const oldest = this.#holding.oldest(HOLDING);
      if (oldest < 0 || oldest === entry) break;
      this.#evict(oldest);
      packet = this.#held.hold(bytes, header.offset, header.length, group);
    }
    if (packet === NO_PACKET) return -this.#poison(entry, Reason["fragment-memory"]);
    if (records[at + FIRST_HELD] === NO_PACKET) {
      records[at + FIRST_HELD] = packet;
      this.#holding.append(HOLDING, entry);
    } else {
      this.#held.setNext(records[at + LAST_HELD], packet);
    }
    records[at + LAST_HELD] = packet;
    return PACKET_HELD;
  }

  /** Gives up a packet: the rest of it is dropped as it comes. @returns the reason */
  #poison(entry: number, reason: Reason): Reason {
    this.#dropHeld(entry, reason);
    this.#records[entry * RECORD_WORDS + POISON] = reason;
    return reason;
  }

  #evict(entry: number): void {
    this.#dropHeld(entry, Reason["fragment-memory"]);
    this.#remove(entry);
  }

  #dropHeld(entry: number, reason: Reason): void {
    const records = this.#records;
    const at = entry * RECORD_WORDS;
    let packet = records[at + FIRST_HELD];
    if (packet === NO_PACKET) return;
    this.#holding.remove(records[at + RELEASED] === 1 ? RELEASING : HOLDING, entry);
    while (packet !== NO_PACKET) {
      const next = this.#held.next(packet);
      this.#held.release(packet);
      this.#drops[reason]++;
      packet = next;
    }
    records[at + FIRST_HELD] = NO_PACKET;
    records[at + RELEASED] = 0;
  }

  /** Forgets a packet that holds nothing. */
  #remove(entry: number): void {
    const records = this.#records;
    const at = entry * RECORD_WORDS;
    const bucket = this.#bucket(
      records[at + KIND],
      records[at + IDENTIFICATION],
      records,
      at + SOURCE,
      records,
      at + DESTINATION,
    );
    let before = this.#heads[bucket];
    if (before === entry) {
      this.#heads[bucket] = records[at + NEXT];
    } else {
      while (records[before * RECORD_WORDS + NEXT] !== entry) before = records[before * RECORD_WORDS + NEXT];
      records[before * RECORD_WORDS + NEXT] = records[at + NEXT];
    }
    this.#all.remove(ALL, entry);
    this.#groups.remove(records[at + GROUP], entry);
    this.#inGroup[records[at + GROUP]]--;
    records[at + KIND] = -1;
    records[at + NEXT] = this.#free;
    this.#free = entry;
    this.#count--;
  }
}

/** IPv4 packets are told apart by protocol too (RFC 791); IPv6 ones are not (RFC 8200 §4.5). */
function kindOf(header: IpHeader): number {
  return header.family === 4 ? 4 | (header.protocol << 8) : 6;
}

function isIcmp(protocol: number): boolean {
  return protocol === Protocol.icmp || protocol === Protocol.icmpv6;
}

function isQuery(header: IpHeader): boolean {
  return header.family === 6
    ? header.icmpType === 128 || header.icmpType === 129
    : header.icmpType === 8 || header.icmpType === 0;
}
