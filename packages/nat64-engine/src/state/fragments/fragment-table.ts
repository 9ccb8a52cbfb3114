import { indexHeads, unlinkFromBucket } from "../../hash/hash-index.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";
import type { IpHeader } from "../../packet/packet.ts";
import { FRAGMENT_RECORD_WORDS, FragmentWord } from "./fragment-record.ts";
import { IntrusiveLists } from "./intrusive-lists.ts";

/** Groups of sources, as in `HeldPackets`; each may have an eighth of the records. */
const GROUPS = 1024;
const SHARE = 8;

/** The one list of all packets. */
const ALL = 0;

/** The records of fragmented packets, found by addresses and Identification, and in order of age. */
export class FragmentTable {
  readonly records: Int32Array;
  readonly #hash: KeyedHash;
  readonly #heads: Int32Array;
  readonly #mask: number;
  readonly #all: IntrusiveLists;
  readonly #groups: IntrusiveLists;
  readonly #inGroup: Int32Array = new Int32Array(GROUPS);
  readonly #share: number;
  #free = -1;
  #count = 0;

  /** @param packets number of records */
  constructor(packets: number, hash: KeyedHash) {
    this.records = new Int32Array(packets * FRAGMENT_RECORD_WORDS);
    this.#hash = hash;
    this.#heads = new Int32Array(indexHeads(packets)).fill(-1);
    this.#mask = indexHeads(packets) - 1;
    this.#all = new IntrusiveLists(this.records, FRAGMENT_RECORD_WORDS, FragmentWord.inAll, 1);
    this.#groups = new IntrusiveLists(this.records, FRAGMENT_RECORD_WORDS, FragmentWord.inGroup, GROUPS);
    this.#share = Math.ceil(packets / SHARE);
    for (let entry = packets - 1; entry >= 0; entry--) {
      this.records[entry * FRAGMENT_RECORD_WORDS + FragmentWord.kind] = -1;
      this.records[entry * FRAGMENT_RECORD_WORDS + FragmentWord.next] = this.#free;
      this.#free = entry;
    }
  }

  /** Records in use. */
  get count(): number {
    return this.#count;
  }

  /** The oldest record, or −1. */
  oldest(): number {
    return this.#all.oldest(ALL);
  }

  /** The record that has to be removed before a packet of the group can be added, or −1 when there is room. */
  inTheWay(group: number): number {
    if (this.#inGroup[group] >= this.#share) return this.#groups.oldest(group);
    return this.#free < 0 ? this.oldest() : -1;
  }

  /** The record of the packet that a fragment belongs to, or −1. */
  find(header: IpHeader): number {
    const records = this.records;
    const kind = kindOf(header);
    const { source, destination } = header.tuple;
    let entry = this.#heads[this.#bucket(kind, header.identification, source, 0, destination, 0)];
    for (; entry >= 0; entry = records[entry * FRAGMENT_RECORD_WORDS + FragmentWord.next]) {
      const at = entry * FRAGMENT_RECORD_WORDS;
      if (
        records[at + FragmentWord.kind] !== kind ||
        records[at + FragmentWord.identification] !== header.identification
      )
        continue;
      let word = 0;
      const words = header.family === 6 ? 4 : 1;
      while (
        word < words &&
        records[at + FragmentWord.source + word] === source[word] &&
        records[at + FragmentWord.destination + word] === destination[word]
      ) {
        word++;
      }
      if (word === words) return entry;
    }
    return -1;
  }

  /** Adds a record with all but its key zero. There is room for it: see {@link inTheWay}. */
  add(header: IpHeader, group: number): number {
    const entry = this.#free;
    const records = this.records;
    const at = entry * FRAGMENT_RECORD_WORDS;
    this.#free = records[at + FragmentWord.next];
    const kind = kindOf(header);
    const { source, destination } = header.tuple;
    const bucket = this.#bucket(kind, header.identification, source, 0, destination, 0);
    records.fill(0, at, at + FRAGMENT_RECORD_WORDS);
    records[at + FragmentWord.kind] = kind;
    for (let word = 0; word < 4; word++) {
      records[at + FragmentWord.source + word] = source[word];
      records[at + FragmentWord.destination + word] = destination[word];
    }
    records[at + FragmentWord.identification] = header.identification;
    records[at + FragmentWord.next] = this.#heads[bucket];
    this.#heads[bucket] = entry;
    records[at + FragmentWord.group] = group;
    this.#all.append(ALL, entry);
    this.#groups.append(group, entry);
    this.#inGroup[group]++;
    this.#count++;
    return entry;
  }

  /** Removes a record. */
  remove(entry: number): void {
    const records = this.records;
    const at = entry * FRAGMENT_RECORD_WORDS;
    const bucket = this.#bucket(
      records[at + FragmentWord.kind],
      records[at + FragmentWord.identification],
      records,
      at + FragmentWord.source,
      records,
      at + FragmentWord.destination,
    );
    const { next } = FragmentWord;
    unlinkFromBucket(this.#heads, bucket, records, FRAGMENT_RECORD_WORDS, next, entry);
    this.#all.remove(ALL, entry);
    this.#groups.remove(records[at + FragmentWord.group], entry);
    this.#inGroup[records[at + FragmentWord.group]]--;
    records[at + FragmentWord.kind] = -1;
    records[at + next] = this.#free;
    this.#free = entry;
    this.#count--;
  }

  /** The bucket of a family, an Identification and two addresses that start at these places. */
  #bucket(kind: number, id: number, s: Int32Array, sAt: number, d: Int32Array, dAt: number): number {
    if ((kind & 0xff) === 4) return this.#hash.of5(kind, id, s[sAt], d[dAt], 0) & this.#mask;
    const source = this.#hash.of5(kind, s[sAt], s[sAt + 1], s[sAt + 2], s[sAt + 3]);
    return this.#hash.of5(source ^ id, d[dAt], d[dAt + 1], d[dAt + 2], d[dAt + 3]) & this.#mask;
  }
}

/** IPv4 packets differ by protocol, too (RFC 791); IPv6 packets do not (RFC 8200 §4.5). */
function kindOf(header: IpHeader): number {
  return header.family === 4 ? 4 | (header.protocol << 8) : 6;
}
