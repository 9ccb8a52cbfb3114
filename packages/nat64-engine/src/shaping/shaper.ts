/**
 * One direction's bandwidth. What the rate allows passes where it lies, without a copy; the rest waits in fair queues.
 * The caller lets every packet in by {@link Shaper.admit}, and takes out by {@link Shaper.release} what may go when
 * {@link Shaper.nextDeadline} has come. Nothing here allocates per packet.
 */
import { GsoType, HEADROOM, type PacketBatch } from "../batch.ts";
import { Count, FairQueue } from "./fair-queue.ts";
import { ClientAt, isError, isOfClient } from "./flow-key.ts";
import { QUEUE_BLOCK, type QueueMemory } from "./packet-store.ts";
import { bytesInPackets } from "./super-packet.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Milliseconds of the rate that a super-packet may take at once: the longest that anybody waits behind it. */
const PIECE_TIME = 1;

/** Milliseconds of the rate that the queues hold, and the least that they hold in bytes, for many flows at low rates. */
const QUEUE_TIME = 100;
const MIN_QUEUE_BYTES = 4 * 1024 * 1024;

/** Bytes of a round: a quarter of a piece, from an Ethernet frame (RFC 8290 §5.2.4) to a few. */
const MIN_QUANTUM_BYTES = 1514;
const MAX_QUANTUM_BYTES = 16_384;

/** The largest packet, and the largest that no offload made, in bytes. */
const LARGEST = 65_575;
const ORDINARY = 1514;

/** Of the mean delay, one part in so many is the latest packet's. */
const SMOOTHING = 16;

const PASSED_PACKETS = 0;
const PASSED_BYTES = 1;
const REFUSED_PACKETS = 2;
const REFUSED_BYTES = 3;
const MEAN_DELAY = 4;
const LONGEST_DELAY = 5;
const NUMBERS = 6;

/** What does not change. */
export interface ShaperOptions {
  /** Whether packets of clients are shaped, or packets to them. */
  readonly direction: "up" | "down";
  /** Where packets wait. */
  readonly memory: QueueMemory;
  /** Random 32-bit words, for the hashes. */
  readonly random: () => number;
}

/** What may change while packets flow. */
export interface ShaperSettings {
  /** Bits per second of IP packets at the clients' side; left out, there is no limit. */
  readonly rate?: number;
  /** Bytes that may go at once after a pause; left out, 10 ms of the rate, at least two packets. */
  readonly burst?: number;
  /** Whether CoDel's marks (RFC 3168) reach the receiver; default true. */
  readonly marks?: boolean;
}

/** Numbers since start, besides those of now. */
export interface ShaperCounters {
  /** What went on; a super-packet, or a piece of one, is one packet, and bytes are those of its segments. */
  readonly packets: number;
  readonly bytes: number;
  /** Packets dropped by CoDel, because they had waited too long; each segment of a super-packet is one. */
  readonly droppedForDelay: number;
  /** … because the queues were full. */
  readonly droppedForRoom: number;
  /** … because nothing may pass; a super-packet that has not waited is one. */
  readonly refused: number;
  /** Bytes of all those. */
  readonly droppedBytes: number;
  /** Packets that CoDel marked instead of dropping them. */
  readonly marked: number;
  /** What waits now: bytes of IP packets, memory that they lie in, clients (by /64) and flows. */
  readonly queuedBytes: number;
  readonly queuedMemory: number;
  readonly queuedClients: number;
  readonly queuedFlows: number;
  /** How long packets have waited, in milliseconds: a moving mean, and the longest since {@link Shaper.forgetLongestDelay}. */
  readonly meanDelay: number;
  readonly longestDelay: number;
}

export class Shaper {
  readonly #clientAt: number;
  readonly #queue: FairQueue;
  readonly #bucket = new TokenBucket();
  readonly #numbers: Float64Array = new Float64Array(NUMBERS);
  #isOn = false;
  #isClosed = false;
  #piece = Number.POSITIVE_INFINITY;

  constructor({ direction, memory, random }: ShaperOptions) {
    this.#clientAt = direction === "up" ? ClientAt.source : ClientAt.destination;
    this.#queue = new FairQueue({ memory, clientAt: this.#clientAt, random });
  }

  /** Sets the rate; undefined lets everything pass, uncounted. Takes effect at once, for what waits too. */
  set(settings: ShaperSettings | undefined, now: number): void {
    const { rate = Number.POSITIVE_INFINITY, burst, marks = true } = settings ?? {};
    this.#isOn = settings !== undefined;
    this.#bucket.fill(now, !this.#queue.isEmpty);
    this.#bucket.set(rate, burst, now);
    const bytesPerMs = this.#bucket.bytesPerMs;
    this.#piece = bytesPerMs * PIECE_TIME;
    this.#queue.set({
      blocks: Math.ceil(Math.max(MIN_QUEUE_BYTES, Math.min(bytesPerMs * QUEUE_TIME, 2 ** 40)) / QUEUE_BLOCK),
      quantum: Math.min(MAX_QUANTUM_BYTES, Math.max(MIN_QUANTUM_BYTES, this.#piece / 4)) | 0,
      piece: Math.min(this.#piece, LARGEST * 2),
      packetTime: ORDINARY / bytesPerMs,
      marks,
    });
  }

  /** Whether packets are looked at at all. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Lets nothing pass any more, and what waits neither; or all again. */
  set isClosed(isClosed: boolean) {
    this.#isClosed = isClosed;
    if (isClosed) this.#queue.clear();
  }

  /** Bytes that went on since start. */
  get bytes(): number {
    return this.#numbers[PASSED_BYTES];
  }

  /** Leaves in a batch what may go now: packets of no client, and those that the rate allows. The rest waits, or is dropped. */
  admit(batch: PacketBatch, now: number): void {
    if (!this.#isOn || batch.count === 0) return;
    const { bytes, offset, length, count } = batch;
    const bucket = this.#bucket;
    bucket.fill(now, !this.#queue.isEmpty);
    let kept = 0;
    for (let slot = 0; slot < count; slot++) {
      if (isOfClient(bytes, offset[slot], length[slot], this.#clientAt) && !this.#pass(batch, slot, now)) continue;
      if (kept !== slot) moveSlot(batch, slot, kept);
      kept++;
    }
    batch.count = kept;
  }

  /**
   * Fills a batch, from its first slot on, with what has waited and may go now.
   *
   * @param end bytes of the batch that may be used
   * @returns the number of slots; the caller comes again until it is 0
   */
  release(batch: PacketBatch, end: number, now: number): number {
    batch.count = 0;
    const queue = this.#queue;
    // Queues that are empty by now are forgotten here, too.
    if (queue.clients === 0) return 0;
    const bucket = this.#bucket;
    bucket.fill(now, true);
    let at = HEADROOM;
    while (bucket.isOpen && batch.count < batch.capacity && at + LARGEST <= end) {
      const size = queue.take(batch, at, now);
      if (size === 0) break;
      bucket.take(size);
      this.#count(size);
      this.#noteDelay(queue.delay);
      at = ((at + batch.length[batch.count - 1] + 3) & ~3) + HEADROOM;
    }
    return batch.count;
  }

  /** When {@link release} has something, in milliseconds of the clock; Infinity when nothing waits. */
  nextDeadline(now: number): number {
    if (this.#queue.isEmpty) return Number.POSITIVE_INFINITY;
    this.#bucket.fill(now, true);
    return now + this.#bucket.wait;
  }

  counters(): ShaperCounters {
    const numbers = this.#numbers;
    const queue = this.#queue;
    return {
      packets: numbers[PASSED_PACKETS],
      bytes: numbers[PASSED_BYTES],
      droppedForDelay: queue.counts[Count.droppedForDelay],
      droppedForRoom: queue.counts[Count.droppedForRoom],
      refused: numbers[REFUSED_PACKETS] + queue.counts[Count.cleared],
      droppedBytes: queue.counts[Count.droppedBytes] + numbers[REFUSED_BYTES],
      marked: queue.counts[Count.marked],
      queuedBytes: queue.backlog,
      queuedMemory: queue.blocks * QUEUE_BLOCK,
      queuedClients: queue.clients,
      queuedFlows: queue.flows,
      meanDelay: numbers[MEAN_DELAY],
      longestDelay: numbers[LONGEST_DELAY],
    };
  }

  /** Lets the longest delay begin anew. */
  forgetLongestDelay(): void {
    this.#numbers[LONGEST_DELAY] = 0;
  }

  /** Whether a packet may go at once; otherwise it is put into the queue, or dropped. */
  #pass(batch: PacketBatch, slot: number, now: number): boolean {
    const length = batch.length[slot];
    const size = bytesInPackets(batch, slot, length);
    // An error says why nothing else comes.
    if (this.#isClosed && !isError(batch.bytes, batch.offset[slot], length)) {
      this.#numbers[REFUSED_PACKETS]++;
      this.#numbers[REFUSED_BYTES] += size;
      return false;
    }
    const isSmall = length <= this.#piece || batch.gsoType[slot] === GsoType.none;
    if (isSmall && this.#queue.isEmpty && this.#bucket.isOpen) {
      this.#bucket.take(size);
      this.#count(size);
      this.#noteDelay(0);
      return true;
    }
    this.#queue.put(batch, slot, size, now);
    return false;
  }

  #count(bytes: number): void {
    this.#numbers[PASSED_PACKETS]++;
    this.#numbers[PASSED_BYTES] += bytes;
  }

  #noteDelay(delay: number): void {
    const numbers = this.#numbers;
    numbers[MEAN_DELAY] += (delay - numbers[MEAN_DELAY]) / SMOOTHING;
    if (delay > numbers[LONGEST_DELAY]) numbers[LONGEST_DELAY] = delay;
  }
}

/** Describes in slot `to` the packet of slot `from`. */
function moveSlot(batch: PacketBatch, from: number, to: number): void {
  batch.offset[to] = batch.offset[from];
  batch.length[to] = batch.length[from];
  batch.flags[to] = batch.flags[from];
  batch.gsoType[to] = batch.gsoType[from];
  batch.gsoSize[to] = batch.gsoSize[from];
  batch.headerLength[to] = batch.headerLength[from];
  batch.checksumStart[to] = batch.checksumStart[from];
  batch.checksumOffset[to] = batch.checksumOffset[from];
}
