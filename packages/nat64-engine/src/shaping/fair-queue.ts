/**
 * Fair queues in three levels: rounds over sites (a /48 each; a pair at an IPv4 peer), over the clients of a site (a /64 each), and
 * over the flows of a client. A site that sends from thousands of /64s gets no more than one with a single client, a client with
 * fifty flows no more than one with one flow, and its own pings still pass. CoDel controls the queue of each flow. When memory is
 * full, the longest flows of the longest clients of the longest sites lose packets.
 */

import type { PacketBatch } from "../batch.ts";
import { KeyedHash } from "../hash/keyed-hash.ts";
import { CoDel } from "./codel.ts";
import { Level } from "./level.ts";
import { OWNER_WORDS, OwnerKey, type PacketOwner } from "./packet-owner.ts";
import { PacketStore, type QueueMemory } from "./packet-store.ts";
import type { SiteRates } from "./site-rates.ts";

/** The group of all sites: each site is a group of clients, and each client a group of flows. */
const SITES = 0;

/**
 * The minimum number of blocks to free when memory is full, so that the longest flow is not searched for each packet, even when
 * thousands of flows have one packet each.
 */
const MIN_FREED_BLOCKS = 32;

/** The ECN field (RFC 3168 §5): 0 is not ECN-capable, 3 is Congestion Experienced; it lies in the second byte of IPv6. */
const NOT_ECT = 0;
const CE_BITS = 0x30;

/** Places of {@link FairQueue.counts}. */
export const Count = { droppedForDelay: 0, droppedForRoom: 1, cleared: 2, droppedBytes: 3, marked: 4 } as const;

/** Fixed parts of a queue. */
export interface FairQueueParts {
  readonly memory: QueueMemory;
  /** Says whose packets they are. */
  readonly owner: PacketOwner;
  /** Rates of single sites; left out if there are none. */
  readonly rates?: SiteRates | undefined;
  readonly random: () => number;
}

/** Limits that depend on the rate. */
export interface FairQueueLimits {
  /** Maximum number of blocks for packets. */
  readonly blocks: number;
  /** Bytes that each site, each client of a site, and each flow of a client may send in a round. */
  readonly quantum: number;
  /** Super-packets are sent in pieces of at most so many bytes, but at least one segment. */
  readonly piece: number;
  /** Milliseconds that the largest ordinary packet takes. */
  readonly packetMs: number;
  /** Whether marking reaches the receiver; otherwise packets that could be marked are dropped. */
  readonly marks: boolean;
}

/** The largest ordinary packet in bytes. */
const MAX_ORDINARY_BYTES = 1514;

export class FairQueue {
  /** See {@link Count}; a super-packet counts as its segments. */
  readonly counts: Float64Array = new Float64Array(5);
  readonly #store: PacketStore;
  readonly #owner: PacketOwner;
  readonly #rates: SiteRates | undefined;
  readonly #keys: Int32Array = new Int32Array(OWNER_WORDS);
  readonly #hash: KeyedHash;
  readonly #sites: Level;
  readonly #clients: Level;
  readonly #flows: Level;
  readonly #codel: CoDel;
  /** First and last packet, and bytes, of each flow. */
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  readonly #bytes: Int32Array;
  #backlog = 0;
  #limit: number;
  #piece = 0;
  #marks = true;
  /** Milliseconds that the last packet waited. */
  #delayMs = 0;
  #blockedUntil = 0;
  /** The client of the last packet taken. */
  #taken = 0;

  constructor({ memory, owner, rates, random }: FairQueueParts) {
    this.#store = new PacketStore(memory);
    this.#owner = owner;
    this.#rates = rates;
    this.#hash = new KeyedHash(random() | 0, random() | 0);
    // A packet takes at least one block, so there are seldom more flows than blocks.
    const max = memory.blocks;
    this.#sites = new Level(max, 1, this.#hash);
    this.#clients = new Level(max, max, this.#hash);
    this.#flows = new Level(max, max, this.#hash);
    this.#codel = new CoDel(max);
    this.#head = new Int32Array(max).fill(-1);
    this.#tail = new Int32Array(max);
    this.#bytes = new Int32Array(max);
    this.#limit = max;
  }

  /** Sets the limits. Waiting packets keep waiting; a lower number of blocks takes effect as packets come. */
  set({ blocks, quantum, piece, packetMs, marks }: FairQueueLimits): void {
    this.#limit = Math.min(blocks, this.#store.capacity);
    for (const level of [this.#sites, this.#clients, this.#flows]) level.rounds.quantum = quantum;
    this.#codel.set(packetMs, MAX_ORDINARY_BYTES);
    this.#piece = piece;
    this.#marks = marks;
  }

  /** Bytes of waiting IP packets. */
  get backlog(): number {
    return this.#backlog;
  }

  /** Blocks of memory that they use. */
  get blocks(): number {
    return this.#store.used;
  }

  get isEmpty(): boolean {
    return this.#backlog === 0;
  }

  /** Clients with waiting packets, or that had some when {@link take} looked last. */
  get clients(): number {
    return this.#clients.count;
  }

  /** Flows, likewise. */
  get flows(): number {
    return this.#flows.count;
  }

  /** How long the last packet waited, in milliseconds. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** When a site with packets may send again, in milliseconds of the clock; 0 unless {@link take} found that none may. */
  get blockedUntil(): number {
    return this.#blockedUntil;
  }

  /** Whose a packet is: see `OwnerKey`. Valid until the next call of any method. */
  keysOf({ bytes, offset, length }: PacketBatch, slot: number): Int32Array {
    this.#owner.identify(bytes, offset[slot], length[slot], this.#hash, this.#keys);
    return this.#keys;
  }

  /** A word of the key of the client whose packet {@link take} took: 0 or 1. */
  takenClient(word: 0 | 1): number {
    return this.#clients.keyWord(this.#taken, word);
  }

  /** Queues a packet. @param size its bytes, as IP packets */
  put(batch: PacketBatch, slot: number, size: number, now: number): void {
    const store = this.#store;
    const blocks = store.blocksOf(batch.length[slot]);
    if (this.#free < blocks) this.#makeRoom(blocks);
    const flow = this.#free < blocks ? -1 : this.#findFlow(batch, slot);
    if (flow < 0) {
      this.counts[Count.droppedForRoom]++;
      this.counts[Count.droppedBytes] += size;
      return;
    }
    this.#blockedUntil = 0;
    const packet = store.put(batch, slot, now);
    store.nextPacket[packet] = -1;
    if (this.#head[flow] < 0) this.#head[flow] = packet;
    else store.nextPacket[this.#tail[flow]] = packet;
    this.#tail[flow] = packet;
    this.#bytes[flow] += size;
    this.#backlog += size;
    this.#use(flow, blocks);
    this.#join(flow);
  }

  /**
   * Copies the next packet, or piece of a super-packet, to `at` of a batch as its next slot.
   *
   * @returns its bytes as IP packets, 0 when no packet waits, or none of a site that may send now
   */
  take(batch: PacketBatch, at: number, now: number): number {
    const store = this.#store;
    for (;;) {
      const flow = this.#next(this.#rates, now);
      if (flow < 0) return 0;
      const packet = this.#head[flow];
      const delay = now - store.since(packet);
      const isLate = this.#codel.mustDrop(flow, delay, this.#bytes[flow], now);
      const isMarked = isLate && this.#marks && store.ecn(packet) !== NOT_ECT;
      if (isLate && !isMarked) {
        this.#drop(flow, Count.droppedForDelay, 1);
        continue;
      }
      const payload = store.piece(packet, this.#piece);
      const size = store.pieceSize(packet, payload);
      const slot = store.copyOut(packet, payload, batch, at);
      if (isMarked) {
        batch.bytes[batch.offset[slot] + 1] |= CE_BITS;
        this.counts[Count.marked]++;
      }
      this.#pass(flow, packet, payload, size);
      const client = this.#flows.group[flow];
      this.#flows.rounds.charge(flow, size);
      this.#clients.rounds.charge(client, size);
      const site = this.#clients.group[client];
      this.#sites.rounds.charge(site, size);
      this.#rates?.take(this.#sites.keyWord(site, 0), size);
      this.#delayMs = delay;
      this.#taken = client;
      return size;
    }
  }

  /** Drops all waiting packets. */
  clear(): void {
    for (let flow = this.#next(undefined, 0); flow >= 0; flow = this.#next(undefined, 0)) {
      this.#drop(flow, Count.cleared, 0);
    }
  }

  /**
   * The flow that sends next, −1 when no packet waits, or none of a site that its rate lets send. Removes members without packets
   * from the rounds on the way.
   */
  #next(rates: SiteRates | undefined, now: number): number {
    const sites = this.#sites;
    const clients = this.#clients;
    const flows = this.#flows;
    const hasRates = rates !== undefined && rates.count > 0;
    let skipped = 0;
    let until = Number.POSITIVE_INFINITY;
    for (;;) {
      const site = sites.rounds.first(SITES);
      if (site < 0) return -1;
      if (hasRates && !rates.isOpen(sites.keyWord(site, 0), now, true)) {
        until = Math.min(until, now + rates.waitMs(sites.keyWord(site, 0)));
        // New and old sites take turns, so this has seen all of them.
        if (skipped++ > 2 * sites.count) {
          this.#blockedUntil = until;
          return -1;
        }
        sites.rounds.skip(SITES, site);
        continue;
      }
      const client = clients.rounds.first(site);
      if (client < 0) {
        sites.idle(site);
        continue;
      }
      const flow = flows.rounds.first(client);
      if (flow < 0) clients.idle(client);
      else if (this.#head[flow] >= 0) return flow;
      else if (flows.idle(flow)) this.#codel.reset(flow);
    }
  }

  /** The flow of a packet, made if there is none; −1 when there is no room for it. */
  #findFlow({ bytes, offset, length }: PacketBatch, slot: number): number {
    const keys = this.#keys;
    this.#owner.identify(bytes, offset[slot], length[slot], this.#hash, keys);
    const site = this.#sites.find(keys[OwnerKey.site], keys[OwnerKey.site + 1], SITES);
    if (site < 0) return -1;
    const client = this.#clients.find(keys[OwnerKey.client], keys[OwnerKey.client + 1], site);
    if (client < 0) {
      this.#sites.join(site);
      return -1;
    }
    const flow = this.#flows.find(client, keys[OwnerKey.flow], client);
    // A site and a client that were made for this packet are in the rounds, where they are found to be empty.
    if (flow < 0) {
      this.#clients.join(client);
      this.#sites.join(site);
    }
    return flow;
  }

  /** A flow has a packet: it, its client and its site are in the rounds. */
  #join(flow: number): void {
    const client = this.#flows.group[flow];
    this.#flows.join(flow);
    this.#clients.join(client);
    this.#sites.join(this.#clients.group[client]);
  }

  /** Counts blocks of memory that a flow takes, or returns if they are negative. */
  #use(flow: number, blocks: number): void {
    const client = this.#flows.group[flow];
    this.#flows.blocks[flow] += blocks;
    this.#clients.blocks[client] += blocks;
    this.#sites.blocks[this.#clients.group[client]] += blocks;
  }

  /** Drops from the longest flows of the longest clients of the longest sites until `blocks` are free. */
  #makeRoom(blocks: number): void {
    const wanted = Math.max(blocks, MIN_FREED_BLOCKS);
    const sites = this.#sites;
    const rounds = sites.rounds;
    while (this.#free < blocks) {
      if (sites.findLongest(SITES) === 0) return;
      for (let site = rounds.after(SITES, -1); site >= 0 && this.#free < wanted; site = rounds.after(SITES, site)) {
        if (sites.pays(site)) this.#thinSite(site, wanted);
      }
    }
  }

  /** Drops from the longest clients of a site until `wanted` blocks are free, or their longest flows are empty. */
  #thinSite(site: number, wanted: number): void {
    const clients = this.#clients;
    const rounds = clients.rounds;
    clients.findLongest(site);
    for (let client = rounds.after(site, -1); client >= 0 && this.#free < wanted; client = rounds.after(site, client)) {
      if (clients.pays(client)) this.#thinClient(client, wanted);
    }
  }

  /** Drops from the longest flows of a client until `wanted` blocks are free, or these flows are empty. */
  #thinClient(client: number, wanted: number): void {
    const flows = this.#flows;
    const rounds = flows.rounds;
    flows.findLongest(client);
    for (let flow = rounds.after(client, -1); flow >= 0 && this.#free < wanted; flow = rounds.after(client, flow)) {
      if (!flows.pays(flow)) continue;
      while (this.#head[flow] >= 0 && this.#free < wanted) this.#drop(flow, Count.droppedForRoom, 0);
    }
  }

  /** Blocks that may still be used. */
  get #free(): number {
    return this.#limit - this.#store.used;
  }

  /** Drops from the head of a flow: a segment, or the rest of a super-packet. */
  #drop(flow: number, count: number, segments: 0 | 1): void {
    const store = this.#store;
    const packet = this.#head[flow];
    const payload = store.piece(packet, segments === 1 ? 0 : Number.MAX_SAFE_INTEGER);
    const size = store.pieceSize(packet, payload);
    this.counts[count] += store.segmentsIn(packet, payload);
    this.counts[Count.droppedBytes] += size;
    this.#pass(flow, packet, payload, size);
  }

  /** A piece has left the head of a flow. */
  #pass(flow: number, packet: number, payload: number, size: number): void {
    const store = this.#store;
    this.#bytes[flow] -= size;
    this.#backlog -= size;
    if (!store.pass(packet, payload)) return;
    this.#head[flow] = store.nextPacket[packet];
    this.#use(flow, -store.free(packet));
  }
}
