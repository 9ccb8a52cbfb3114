/** A link with a rate in virtual time: packets in, what left and when out. */
import { createBatch, HEADROOM, type PacketBatch } from "../../src/batch.ts";
import { ClientOwner, QUEUE_BLOCK, Shaper, type ShaperOptions, type ShaperSettings } from "../../src/shaping/index.ts";

/** A packet that a test sends: IPv6, from a client to a server. */
export interface Sent {
  /** Number of the /64 within its /48. */
  readonly client: number;
  /** Number of the /48; default 0. */
  readonly site?: number;
  /** The source port. */
  readonly flow: number;
  /** Number of the server; default 0. */
  readonly server?: number;
  /** Payload bytes; of a super-packet those of all segments. */
  readonly payload: number;
  /** Payload bytes of a segment; left out, it is an ordinary packet. */
  readonly segment?: number;
  /** With `icmpv6`, type and code are in `flow`. */
  readonly protocol?: "udp" | "tcp" | "icmpv6";
  /** 0 not ECN-capable, 2 ECT(0). */
  readonly ecn?: number;
  /** The TCP sequence number; of UDP the first bytes of the payload count packets. */
  readonly sequence?: number;
  readonly tcpFlags?: number;
}

/** What left. */
export interface Left {
  readonly at: number;
  readonly client: number;
  readonly site: number;
  readonly flow: number;
  readonly server: number;
  /** Bytes as IP packets. */
  readonly size: number;
  readonly ecn: number;
  readonly bytes: Uint8Array;
  readonly segment: number;
}

const IPV6 = 40;
export const UDP_HEADERS = 48;
export const TCP_HEADERS = 60;

/** The last byte of the first server's address. */
export const FIRST_SERVER = 2;

/** Bytes that {@link Sent} has as IP packets. */
export function sizeOf({ payload, segment, protocol = "udp" }: Sent): number {
  const headers = protocol === "tcp" ? TCP_HEADERS : UDP_HEADERS;
  return payload + headers * (segment === undefined ? 1 : Math.max(1, Math.ceil(payload / segment)));
}

/** A shaper with its buffer, and a clock. */
export class Link {
  now = 1000;
  readonly shaper: Shaper;
  readonly left: Left[] = [];
  readonly #input: PacketBatch;
  readonly #output: PacketBatch;

  /**
   * @param blocks for waiting packets
   * @param isShared whether batches lie in the queues' own buffer
   * @param more other options of the shaper
   */
  constructor(
    settings: ShaperSettings | undefined,
    blocks = 4096,
    isShared = true,
    more: Partial<Omit<ShaperOptions, "memory" | "random">> = {},
  ) {
    const queue = blocks * QUEUE_BLOCK;
    const memory = new Uint8Array(queue + (1 << 20));
    const bytes = isShared ? memory.subarray(queue) : new Uint8Array(1 << 20);
    this.#input = createBatch(bytes, 128);
    this.#output = createBatch(bytes, 512);
    let seed = 1;
    this.shaper = new Shaper({
      owner: new ClientOwner("up"),
      memory: { bytes: memory, from: 0, blocks },
      random: () => {
        seed = Math.imul(seed, 0x9e3779b1) + 12_345;
        return seed;
      },
      ...more,
    });
    this.shaper.set(settings, this.now);
  }

  /** Hands packets in, now. */
  send(...packets: readonly Sent[]): void {
    for (let from = 0; from < packets.length; ) {
      const batch = this.#input;
      batch.count = 0;
      let at = HEADROOM;
      while (from < packets.length && batch.count < batch.capacity && at + 65_700 < batch.bytes.length) {
        write(batch, batch.count++, at, packets[from++]);
        at = ((at + batch.length[batch.count - 1] + 3) & ~3) + HEADROOM;
      }
      this.shaper.admit(batch, this.now);
      this.#note(batch);
    }
  }

  /** Lets what may go now go. */
  release(): void {
    while (this.shaper.release(this.#output, this.#output.bytes.length, this.now) > 0) this.#note(this.#output);
  }

  /** Lets time pass, with a look at each deadline or after `step`, as a loop does; never sooner than in a millisecond. */
  run(milliseconds: number, each?: (now: number) => void, step = Number.POSITIVE_INFINITY): void {
    const end = this.now + milliseconds;
    while (this.now < end) {
      const deadline = this.shaper.nextDeadline(this.now);
      this.now = Math.min(end, this.now + step, Math.max(this.now + 1, deadline));
      each?.(this.now);
      this.release();
    }
  }

  /** Bytes that left for a client. */
  bytesOf(client: number, from = 0): number {
    return this.left.reduce((sum, each) => sum + (each.client === client && each.at >= from ? each.size : 0), 0);
  }

  /** Bytes that left for a /48. */
  bytesOfSite(site: number, from = 0): number {
    return this.left.reduce((sum, each) => sum + (each.site === site && each.at >= from ? each.size : 0), 0);
  }

  /** Bytes that left for packets that fit. */
  sum(fits: (each: Left) => boolean, from = 0): number {
    return this.left.reduce((sum, each) => sum + (each.at >= from && fits(each) ? each.size : 0), 0);
  }

  #note(batch: PacketBatch): void {
    for (let slot = 0; slot < batch.count; slot++) {
      const at = batch.offset[slot];
      const bytes = batch.bytes.slice(at, at + batch.length[slot]);
      const segment = batch.gsoType[slot] === 0 ? 0 : batch.gsoSize[slot];
      const headers = bytes[6] === 6 ? TCP_HEADERS : UDP_HEADERS;
      const segments = segment === 0 ? 1 : Math.ceil((bytes.length - headers) / segment);
      this.left.push({
        at: this.now,
        client: (bytes[14] << 8) | bytes[15],
        site: (bytes[12] << 8) | bytes[13],
        flow: (bytes[40] << 8) | bytes[41],
        server: bytes[39] - FIRST_SERVER,
        size: bytes.length + (segments - 1) * headers,
        ecn: (bytes[1] >> 4) & 3,
        bytes,
        segment,
      });
    }
  }
}

/** Writes a packet into a slot, with the checksum of its pseudo-header, as a device that offloads does. */
function write(batch: PacketBatch, slot: number, at: number, sent: Sent): void {
  const {
    client,
    site = 0,
    flow,
    server = 0,
    payload,
    segment,
    protocol = "udp",
    ecn = 0,
    sequence = 0,
    tcpFlags = 0x10,
  } = sent;
  const bytes = batch.bytes;
  const headers = protocol === "tcp" ? TCP_HEADERS : UDP_HEADERS;
  const length = headers + payload;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
  new Uint8Array(bytes.buffer, bytes.byteOffset + at, length).fill(0);
  view.setUint32(0, 0x60000000 | (ecn << 20));
  view.setUint16(4, length - IPV6);
  view.setUint8(6, { udp: 17, tcp: 6, icmpv6: 58 }[protocol]);
  view.setUint8(7, 64);
  view.setUint32(8, 0x20010db8);
  view.setUint32(12, (site << 16) | client);
  view.setUint32(20, 1);
  view.setUint32(24, 0x20010db8);
  view.setUint32(28, 0x00640000);
  view.setUint32(36, 0xc6336400 + FIRST_SERVER + server);
  view.setUint16(40, flow);
  view.setUint16(42, 80);
  if (protocol !== "tcp") view.setUint16(44, length - IPV6);
  else {
    view.setUint32(44, sequence);
    view.setUint8(52, 0x50);
    view.setUint8(53, tcpFlags);
  }
  for (let i = 0; i < payload; i++) bytes[at + headers + i] = (sequence + i) * 31;
  batch.offset[slot] = at;
  batch.length[slot] = length;
  batch.flags[slot] = 1;
  batch.gsoType[slot] = segment === undefined ? 0 : protocol === "udp" ? 5 : 4;
  batch.gsoSize[slot] = segment ?? 0;
  batch.headerLength[slot] = segment === undefined ? 0 : headers;
  batch.checksumStart[slot] = IPV6;
  batch.checksumOffset[slot] = protocol === "udp" ? 6 : 16;
  view.setUint16(IPV6 + batch.checksumOffset[slot], pseudoSum(bytes.subarray(at, at + length)));
}

/** The folded sum of an IPv6 pseudo-header (RFC 8200 §8.1). */
export function pseudoSum(packet: Uint8Array): number {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  let sum = packet.length - IPV6 + packet[6];
  for (let at = 8; at < IPV6; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
