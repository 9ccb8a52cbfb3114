/**
 * Fair queues in two levels: rounds over clients (a /64 each), and rounds over the flows of a client. A client with fifty flows
 * gets no more than a client with one flow, and its own pings still pass. CoDel controls the queue of each flow. When memory is
 * full, the longest flows of the clients with the longest queues lose packets.
 */

import { get32 } from "@nat64/rfc6052/bytes";
import type { PacketBatch } from "../batch.ts";
import { KeyedHash } from "../hash/keyed-hash.ts";
import { CoDel } from "./codel.ts";
import { flowOf } from "./flow-key.ts";
import { PacketStore, type QueueMemory } from "./packet-store.ts";
import { Records } from "./records.ts";
import { Rounds } from "./rounds.ts";

/** The group of all clients: each client is a group of flows. */
const CLIENTS = 0;

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
  /** Where the client's address is in an IPv6 header: see `ClientAt`. */
  readonly clientAt: number;
  readonly random: () => number;
}

/** Limits that depend on the rate. */
export interface FairQueueLimits {
  /** Maximum number of blocks for packets. */
  readonly blocks: number;
  /** Bytes that each client, and each flow of a client, may send in a round. */
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
  readonly #clientAt: number;
  readonly #hash: KeyedHash;
  readonly #clients: Records;
  readonly #flows: Records;
  readonly #clientRounds: Rounds;
  readonly #flowRounds: Rounds;
  readonly #codel: CoDel;
  /** Blocks of each client; client, first and last packet, blocks and bytes of each flow. */
  readonly #clientBlocks: Int32Array;
  readonly #client: Int32Array;
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  readonly #blocks: Int32Array;
  readonly #bytes: Int32Array;
  #backlog = 0;
  #limit: number;
  #piece = 0;
  #marks = true;
  /** Milliseconds that the last packet waited. */
  #delayMs = 0;

  constructor({ memory, clientAt, random }: FairQueueParts) {
    this.#store = new PacketStore(memory);
    this.#clientAt = clientAt;
    this.#hash = new KeyedHash(random() | 0, random() | 0);
    // A packet takes at least one block, so there are seldom more flows than blocks.
    const max = memory.blocks;
    this.#clients = new Records(max, this.#hash);
    this.#flows = new Records(max, this.#hash);
    this.#clientRounds = new Rounds(max, 1);
    this.#flowRounds = new Rounds(max, max);
    this.#codel = new CoDel(max);
    this.#clientBlocks = new Int32Array(max);
    this.#client = new Int32Array(max);
    this.#head = new Int32Array(max);
    this.#tail = new Int32Array(max);
    this.#blocks = new Int32Array(max);
    this.#bytes = new Int32Array(max);
    this.#limit = max;
  }

  /** Sets the limits. Waiting packets keep waiting; a lower number of blocks takes effect as packets come. */
  set({ blocks, quantum, piece, packetMs, marks }: FairQueueLimits): void {
    this.#limit = Math.min(blocks, this.#store.capacity);
    this.#clientRounds.quantum = quantum;
    this.#flowRounds.quantum = quantum;
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
    const packet = store.put(batch, slot, now);
    store.nextPacket[packet] = -1;
    if (this.#head[flow] < 0) this.#head[flow] = packet;
    else store.nextPacket[this.#tail[flow]] = packet;
    this.#tail[flow] = packet;
    const client = this.#client[flow];
    this.#blocks[flow] += blocks;
    this.#clientBlocks[client] += blocks;
    this.#bytes[flow] += size;
    this.#backlog += size;
    this.#flowRounds.join(client, flow);
    this.#clientRounds.join(CLIENTS, client);
  }

  /**
   * Copies the next packet, or piece of a super-packet, to `at` of a batch as its next slot.
   *
   * @returns its bytes as IP packets, 0 when no packet waits
   */
  take(batch: PacketBatch, at: number, now: number): number {
    const store = this.#store;
    for (;;) {
      const client = this.#clientRounds.first(CLIENTS);
      if (client < 0) return 0;
      const flow = this.#flowRounds.first(client);
      if (flow < 0) {
        if (this.#clientRounds.idle(CLIENTS, client)) this.#clients.release(client);
        continue;
      }
      const packet = this.#head[flow];
      if (packet < 0) {
        if (this.#flowRounds.idle(client, flow)) this.#flows.release(flow);
        continue;
      }
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
      this.#clientRounds.charge(client, size);
      this.#flowRounds.charge(flow, size);
      this.#delayMs = delay;
      return size;
    }
  }

  /** Drops all waiting packets. */
  clear(): void {
    for (;;) {
      const client = this.#clientRounds.first(CLIENTS);
      if (client < 0) return;
      const flow = this.#flowRounds.first(client);
      if (flow < 0) {
        if (this.#clientRounds.idle(CLIENTS, client)) this.#clients.release(client);
      } else if (this.#head[flow] >= 0) this.#drop(flow, Count.cleared, 0);
      else if (this.#flowRounds.idle(client, flow)) this.#flows.release(flow);
    }
  }

  /** The flow of a packet, made if there is none; −1 when there is no room for it. */
  #findFlow({ bytes, offset, length }: PacketBatch, slot: number): number {
    const at = offset[slot];
    const high = get32(bytes, at + this.#clientAt);
    const low = get32(bytes, at + this.#clientAt + 4);
    let client = this.#clients.find(high, low);
    if (client < 0) {
      client = this.#clients.take(high, low);
      if (client < 0) return -1;
      this.#clientBlocks[client] = 0;
    }
    const key = flowOf(bytes, at, length[slot], this.#clientAt, this.#hash);
    let flow = this.#flows.find(client, key);
    if (flow < 0) {
      flow = this.#flows.take(client, key);
      if (flow < 0) {
        this.#clientRounds.join(CLIENTS, client);
        return -1;
      }
      this.#client[flow] = client;
      this.#head[flow] = -1;
      this.#blocks[flow] = 0;
      this.#bytes[flow] = 0;
      this.#codel.reset(flow);
    }
    return flow;
  }

  /** Drops from the longest flows of the clients with the longest queues until `blocks` are free. */
  #makeRoom(blocks: number): void {
    const wanted = Math.max(blocks, MIN_FREED_BLOCKS);
    const rounds = this.#clientRounds;
    while (this.#free < blocks) {
      const max = maxOf(rounds, CLIENTS, this.#clientBlocks);
      if (max === 0) return;
      for (let each = rounds.after(CLIENTS, -1); each >= 0 && this.#free < wanted; each = rounds.after(CLIENTS, each)) {
        if (this.#clientBlocks[each] >= max) this.#thin(each, wanted);
      }
    }
  }

  /** Drops from the longest flows of a client until `wanted` blocks are free, or these flows are empty. */
  #thin(client: number, wanted: number): void {
    const rounds = this.#flowRounds;
    const max = maxOf(rounds, client, this.#blocks);
    for (let flow = rounds.after(client, -1); flow >= 0 && this.#free < wanted; flow = rounds.after(client, flow)) {
      if (this.#blocks[flow] < max) continue;
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
    const blocks = store.free(packet);
    this.#blocks[flow] -= blocks;
    this.#clientBlocks[this.#client[flow]] -= blocks;
  }
}

/** The largest number of blocks of a member of a group. */
function maxOf(rounds: Rounds, group: number, blocks: Int32Array): number {
  let max = 0;
  for (let each = rounds.after(group, -1); each >= 0; each = rounds.after(group, each)) {
    if (blocks[each] > max) max = blocks[each];
  }
  return max;
}
