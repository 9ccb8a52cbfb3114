/**
 * The bandwidth limit of one direction. Packets that the rate allows pass in place, without a copy; others wait in fair queues.
 * The caller gives every packet to {@link Shaper.admit}, and takes packets from {@link Shaper.release} when
 * {@link Shaper.nextDeadline} has come. Nothing here allocates per packet.
 */
import { GsoType, HEADROOM, type PacketBatch } from "../batch.ts";
import type { DailyShares } from "../limits/daily-shares.ts";
import { ByteBucket } from "./byte-bucket.ts";
import { Count, FairQueue } from "./fair-queue.ts";
import { isError } from "./flow-key.ts";
import { OwnerKey, type PacketOwner } from "./packet-owner.ts";
import { QUEUE_BLOCK, type QueueMemory } from "./packet-store.ts";
import { SiteRates } from "./site-rates.ts";
import { bytesInPackets } from "./super-packet.ts";

/** The largest piece of a super-packet, in milliseconds of the rate: others wait no longer behind it. */
const PIECE_MS = 1;

/** The size of the queues in milliseconds of the rate, and the minimum in bytes, for many flows at low rates. */
const QUEUE_MS = 100;
const MIN_QUEUE_BYTES = 4 * 1024 * 1024;

/** Limits of the bytes in a round, which are a quarter of a piece: from one Ethernet frame (RFC 8290 §5.2.4) to a few. */
const MIN_QUANTUM_BYTES = 1514;
const MAX_QUANTUM_BYTES = 16_384;

/** The largest packet with and without offloads, in bytes. */
const MAX_PACKET_BYTES = 65_575;
const MAX_ORDINARY_BYTES = 1514;

/** The weight of the latest packet in the mean delay is 1 / SMOOTHING. */
const SMOOTHING = 16;

/**
 * ICMPv6 errors still pass when nothing else does, at this rate: they tell clients why. They are part of what is counted, so anyone
 * who makes an IPv4 host send them could otherwise use up any quota.
 */
const ERROR_BITS_PER_SECOND = 32_000;
const ERROR_BURST_BYTES = 16_384;

const PASSED_PACKETS = 0;
const PASSED_BYTES = 1;
const REFUSED_PACKETS = 2;
const REFUSED_BYTES = 3;
const MEAN_DELAY = 4;
const LONGEST_DELAY = 5;
const WITHOUT_SHARE = 6;
const NUMBERS = 7;

/** Fixed options of a shaper. */
export interface ShaperOptions {
  /** Says which packets are limited, and whose they are. */
  readonly owner: PacketOwner;
  /** How many sites may have a rate of their own: see {@link Shaper.limit}; default 0. */
  readonly sitesWithRates?: number;
  /** Counts bytes by client, and says who has used up its share; left out, nobody has. The owner's client keys are prefixes then. */
  readonly shares?: DailyShares;
  /** Whether packets of clients without a share pass uncounted, for someone else to refuse them; otherwise they are dropped. */
  readonly passesRefused?: boolean;
  /** Memory for waiting packets. */
  readonly memory: QueueMemory;
  /** Random 32-bit words, for the hashes. */
  readonly random: () => number;
}

/** Settings that can change while packets flow. */
export interface ShaperSettings {
  /** Bits per second of IP packets on the clients' side; absent for no limit. */
  readonly rate?: number;
  /** Bytes that can be sent at once after a pause; default 10 ms of the rate, at least two packets. */
  readonly burst?: number;
  /** Whether CoDel's ECN marks (RFC 3168) reach the receiver; default true. */
  readonly marks?: boolean;
}

/** Counters since the start, and current values. */
export interface ShaperCounters {
  /** Packets that passed. A super-packet, or a piece of it, is one packet; bytes are those of its segments. */
  readonly packets: number;
  readonly bytes: number;
  /** Packets dropped by CoDel because they waited too long; each segment of a super-packet counts. */
  readonly droppedForDelay: number;
  /** Packets dropped because the queues were full. */
  readonly droppedForRoom: number;
  /** Packets refused while the shaper is closed; a super-packet that did not wait counts as one. */
  readonly refused: number;
  /** Packets dropped because their client has used up its share. */
  readonly withoutShare: number;
  /** Bytes of all dropped and refused packets. */
  readonly droppedBytes: number;
  /** Packets that CoDel marked instead of dropping them. */
  readonly marked: number;
  /** Waiting now: bytes of IP packets, bytes of memory, clients (by /64) and flows. */
  readonly queuedBytes: number;
  readonly queuedMemory: number;
  readonly queuedClients: number;
  readonly queuedFlows: number;
  /** Delay of packets in milliseconds: a moving mean, and the longest since {@link Shaper.forgetLongestDelay}. */
  readonly meanDelay: number;
  readonly longestDelay: number;
}

export class Shaper {
  readonly #owner: PacketOwner;
  readonly #rates: SiteRates;
  readonly #queue: FairQueue;
  readonly #bucket = new ByteBucket();
  readonly #numbers: Float64Array = new Float64Array(NUMBERS);
  readonly #shares: DailyShares | undefined;
  readonly #passesRefused: boolean;
  readonly #errors = new ByteBucket();
  #settings: ShaperSettings | undefined;
  #isClosed = false;
  #piece = Number.POSITIVE_INFINITY;

  constructor({ owner, sitesWithRates = 0, shares, passesRefused = false, memory, random }: ShaperOptions) {
    this.#owner = owner;
    this.#shares = shares;
    this.#passesRefused = passesRefused;
    this.#rates = new SiteRates(sitesWithRates);
    this.#queue = new FairQueue({ memory, owner, rates: this.#rates, random });
  }

  /** Sets the rate; undefined lets all packets pass, uncounted. Takes effect at once, for waiting packets, too. */
  set(settings: ShaperSettings | undefined, now: number): void {
    const { rate = Number.POSITIVE_INFINITY, burst } = settings ?? {};
    this.#settings = settings;
    this.#bucket.fill(now, !this.#queue.isEmpty);
    this.#bucket.set(rate, burst, now);
    this.#errors.set(ERROR_BITS_PER_SECOND, ERROR_BURST_BYTES, now);
    this.#setQueue();
  }

  /**
   * Sets the rate of a single site, within the rate of all. Its packets wait, those of other sites pass them.
   *
   * @param site the first word of its key, less than the `sitesWithRates` of the options
   * @param bitsPerSecond `undefined` for no limit
   */
  limit(site: number, bitsPerSecond: number | undefined, now: number): void {
    this.#rates.set(site, bitsPerSecond, now);
    this.#setQueue();
  }

  /** Whether there is a limit, or packets are counted. */
  get isOn(): boolean {
    return this.#settings !== undefined || this.#rates.count > 0;
  }

  /** Refuses all packets and drops waiting ones while true, but a few ICMPv6 errors. */
  set isClosed(isClosed: boolean) {
    this.#isClosed = isClosed;
    if (isClosed) this.#queue.clear();
  }

  /** Bytes that passed since the start. */
  get bytes(): number {
    return this.#numbers[PASSED_BYTES];
  }

  /** Keeps in a batch the packets to send now: those without an owner, and those that the rates allow. Others wait or are dropped. */
  admit(batch: PacketBatch, now: number): void {
    if (!this.isOn || batch.count === 0) return;
    const { bytes, offset, length, count } = batch;
    const bucket = this.#bucket;
    bucket.fill(now, !this.#queue.isEmpty);
    let kept = 0;
    for (let slot = 0; slot < count; slot++) {
      if (this.#owner.isLimited(bytes, offset[slot], length[slot]) && !this.#pass(batch, slot, now)) continue;
      if (kept !== slot) moveSlot(batch, slot, kept);
      kept++;
    }
    batch.count = kept;
  }

  /**
   * Fills a batch, from its first slot on, with waiting packets that can be sent now.
   *
   * @param end bytes of the batch that can be used
   * @returns the number of slots; call again until it is 0
   */
  release(batch: PacketBatch, end: number, now: number): number {
    batch.count = 0;
    const queue = this.#queue;
    // This also removes empty queues.
    if (queue.clients === 0) return 0;
    const bucket = this.#bucket;
    bucket.fill(now, true);
    let at = HEADROOM;
    while (bucket.isOpen && batch.count < batch.capacity && at + MAX_PACKET_BYTES <= end) {
      const size = queue.take(batch, at, now);
      if (size === 0) break;
      bucket.take(size);
      this.#count(size);
      if (this.#shares?.isOn === true) this.#shares.count(queue.takenClient(0), queue.takenClient(1), size);
      this.#noteDelay(queue.delayMs);
      at = ((at + batch.length[batch.count - 1] + 3) & ~3) + HEADROOM;
    }
    return batch.count;
  }

  /** When {@link release} has packets, in milliseconds of the clock; Infinity when none wait. */
  nextDeadline(now: number): number {
    if (this.#queue.isEmpty) return Number.POSITIVE_INFINITY;
    this.#bucket.fill(now, true);
    return Math.max(now + this.#bucket.waitMs, this.#queue.blockedUntil);
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
      withoutShare: numbers[WITHOUT_SHARE],
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

  /** Resets the longest delay. */
  forgetLongestDelay(): void {
    this.#numbers[LONGEST_DELAY] = 0;
  }

  /** Whether a packet can be sent at once; otherwise it is queued or dropped. */
  #pass(batch: PacketBatch, slot: number, now: number): boolean {
    const length = batch.length[slot];
    const size = bytesInPackets(batch, slot, length);
    const isRefused = this.#isClosed || this.#lacksShare(batch, slot);
    if (isRefused && !this.#isClosed && this.#passesRefused) return true;
    if (isRefused && !(isError(batch.bytes, batch.offset[slot], length) && this.#errors.takeIfOpen(size, now))) {
      this.#numbers[this.#isClosed ? REFUSED_PACKETS : WITHOUT_SHARE]++;
      this.#numbers[REFUSED_BYTES] += size;
      return false;
    }
    const isSmall = length <= this.#piece || batch.gsoType[slot] === GsoType.none;
    if (isSmall && this.#queue.isEmpty && this.#bucket.isOpen && this.#passSite(batch, slot, size, now)) {
      this.#bucket.take(size);
      this.#count(size);
      this.#countShare(batch, slot, size);
      this.#noteDelay(0);
      return true;
    }
    this.#queue.put(batch, slot, size, now);
    return false;
  }

  /** Whether the client of a packet has used up its share. */
  #lacksShare(batch: PacketBatch, slot: number): boolean {
    const shares = this.#shares;
    if (shares?.isAnyLow !== true) return false;
    const keys = this.#queue.keysOf(batch, slot);
    return shares.isUsed(keys[OwnerKey.client], keys[OwnerKey.client + 1]);
  }

  #countShare(batch: PacketBatch, slot: number, size: number): void {
    if (this.#shares?.isOn !== true) return;
    const keys = this.#queue.keysOf(batch, slot);
    this.#shares.count(keys[OwnerKey.client], keys[OwnerKey.client + 1], size);
  }

  /** Whether the rate of its site lets a packet pass; if so, it is counted there. */
  #passSite(batch: PacketBatch, slot: number, size: number, now: number): boolean {
    const rates = this.#rates;
    if (rates.count === 0) return true;
    const site = this.#queue.keysOf(batch, slot)[OwnerKey.site];
    if (!rates.isOpen(site, now, false)) return false;
    rates.take(site, size);
    return true;
  }

  /** Adapts the queue to the rates. What depends on how long a packet takes follows the lowest of them. */
  #setQueue(): void {
    const bytesPerMs = this.#bucket.bytesPerMs;
    const lowest = Math.min(bytesPerMs, this.#rates.lowest);
    this.#piece = lowest * PIECE_MS;
    this.#queue.set({
      blocks: Math.ceil(Math.max(MIN_QUEUE_BYTES, Math.min(bytesPerMs * QUEUE_MS, 2 ** 40)) / QUEUE_BLOCK),
      quantum: Math.min(MAX_QUANTUM_BYTES, Math.max(MIN_QUANTUM_BYTES, this.#piece / 4)) | 0,
      piece: Math.min(this.#piece, MAX_PACKET_BYTES * 2),
      packetMs: MAX_ORDINARY_BYTES / lowest,
      marks: this.#settings?.marks ?? true,
    });
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

/** Moves the description of a packet from slot `from` to slot `to`. `packet-io` has the same for its own batches; neither imports the other. */
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
