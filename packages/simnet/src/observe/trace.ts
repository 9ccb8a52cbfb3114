import { get32 } from "@nat64/rfc6052/bytes";
import { ipv4Text, ipv6Text } from "../packet/addresses.ts";
import { IPV6, type Packet, UDP } from "../packet/packet.ts";
import { hashText, mix } from "../random/hash-words.ts";
import { REASON_CODES } from "./drop-reasons.ts";

/** What happened. */
export const SENT = 0;
export const DELIVERED = 1;
export const DROPPED = 2;
export const DUPLICATED = 3;
export const MAPPED = 4;
export const NOTE = 5;
const WHAT = ["send", "deliver", "drop", "duplicate", "map", "note"] as const;

/** Words of a record. */
const STRIDE = 14;
const LENGTH = 2;
const KIND = 3;
const PORTS = 4;
const SOURCE = 5;
const DESTINATION = 9;
const SEQUENCE = 13;

/**
 * The latest events, for debugging a seed that failed, and a hash over all events, for comparing two runs. Bounded: a
 * ring of fixed records that are converted to text only when read.
 */
export class Trace {
  readonly #capacity: number;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  /** The name of the place, or the text of a note. */
  readonly #texts: string[];
  #count = 0;
  #hash0 = 0x243f6a88;
  #hash1 = 0x13198a2e;
  readonly #time: Float64Array = new Float64Array(1);
  readonly #timeWords: Int32Array = new Int32Array(this.#time.buffer);

  /** @param capacity how many records it keeps */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#words = new Int32Array(capacity * STRIDE);
    this.#times = new Float64Array(capacity);
    this.#texts = new Array<string>(capacity).fill("");
  }

  /** Number of events so far. */
  get count(): number {
    return this.#count;
  }

  /** Hash over everything so far in sixteen hexadecimal digits: times, packets, payloads, drops and notes. */
  get hash(): string {
    const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
    return digits(this.#hash0) + digits(this.#hash1);
  }

  /** Records an event of a packet at a place. @param detail a drop's reason, a mapping's port, or 0 */
  packet(now: number, what: number, place: string, packet: Packet, detail: number): void {
    this.#digestTime(now);
    this.#digest((what << 24) ^ (detail << 4) ^ packet.kind);
    this.#digest(packet.length ^ (packet.flags << 16) ^ (packet.sequence << 20));
    this.#digest((packet.sourcePort << 16) | packet.destinationPort);
    this.#digest(packet.source0 ^ mix(packet.source1, packet.source2 ^ mix(packet.source3, 1)));
    this.#digest(packet.destination0 ^ mix(packet.destination1, packet.destination2 ^ mix(packet.destination3, 1)));
    if (what === SENT) this.#digestBytes(packet.bytes);
    if (this.#capacity > 0) this.#store(now, what, place, packet, detail);
    this.#count++;
  }

  /** Records a sentence. */
  note(now: number, text: string): void {
    this.#digestTime(now);
    this.#digest(hashText(text, NOTE));
    if (this.#capacity > 0) {
      const slot = this.#count % this.#capacity;
      this.#times[slot] = now;
      this.#words[slot * STRIDE] = NOTE;
      this.#texts[slot] = text;
    }
    this.#count++;
  }

  /** The last records as text, oldest first. @param limit how many at most; default all that are kept */
  lines(limit: number = this.#capacity): string[] {
    const kept = Math.min(this.#count, this.#capacity, limit);
    return Array.from({ length: kept }, (_, index) => this.#line((this.#count - kept + index) % this.#capacity));
  }

  #store(now: number, what: number, place: string, packet: Packet, detail: number): void {
    const slot = this.#count % this.#capacity;
    const words = this.#words;
    const at = slot * STRIDE;
    this.#times[slot] = now;
    this.#texts[slot] = place;
    words[at] = what;
    words[at + 1] = detail;
    words[at + LENGTH] = packet.length;
    words[at + KIND] = packet.kind * 2 + (packet.isIPv6 ? 1 : 0);
    words[at + PORTS] = (packet.sourcePort << 16) | packet.destinationPort;
    words[at + SOURCE] = packet.source0;
    words[at + SOURCE + 1] = packet.source1;
    words[at + SOURCE + 2] = packet.source2;
    words[at + SOURCE + 3] = packet.source3;
    words[at + DESTINATION] = packet.destination0;
    words[at + DESTINATION + 1] = packet.destination1;
    words[at + DESTINATION + 2] = packet.destination2;
    words[at + DESTINATION + 3] = packet.destination3;
    words[at + SEQUENCE] = packet.sequence;
  }

  #line(slot: number): string {
    const record = this.#words.subarray(slot * STRIDE, (slot + 1) * STRIDE);
    const start = `${this.#times[slot].toFixed(3)} ${WHAT[record[0]]}`;
    if (record[0] === NOTE) return `${start} ${this.#texts[slot]}`;
    const source = endpointText(record, SOURCE, record[PORTS] >>> 16);
    const destination = endpointText(record, DESTINATION, record[PORTS] & 0xffff);
    const kind = record[KIND] >> 1;
    const name = kind === UDP ? "udp" : kind === IPV6 ? "ipv6" : `stream #${record[SEQUENCE]}`;
    const detail = detailText(record[0], record[1]);
    return `${start} ${this.#texts[slot]}: ${name} ${source} → ${destination}, ${record[LENGTH]} bytes${detail}`;
  }

  #digest(word: number): void {
    this.#hash0 = mix(this.#hash0, word);
    this.#hash1 = mix(this.#hash1 ^ 0x5bd1e995, word);
  }

  #digestTime(now: number): void {
    this.#time[0] = now;
    this.#digest(this.#timeWords[0]);
    this.#digest(this.#timeWords[1]);
  }

  #digestBytes(bytes: Uint8Array): void {
    const whole = bytes.length & ~3;
    for (let at = 0; at < whole; at += 4) this.#digest(get32(bytes, at));
    for (let at = whole; at < bytes.length; at++) this.#digest(bytes[at]);
  }
}

function endpointText(record: Int32Array, at: number, port: number): string {
  const isIPv6 = (record[KIND] & 1) === 1;
  if (!isIPv6) return `${ipv4Text(record[at])}:${port}`;
  const address = ipv6Text(record.subarray(at, at + 4));
  return record[KIND] >> 1 === IPV6 ? address : `[${address}]:${port}`;
}

function detailText(what: number, detail: number): string {
  if (what === DROPPED) return ` (${REASON_CODES[detail]})`;
  return what === MAPPED ? ` (port ${detail})` : "";
}
