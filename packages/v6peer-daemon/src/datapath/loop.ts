/**
 * The data path's round: wait, read a batch, translate, write a batch. It allocates nothing per packet or round.
 *
 * One thread does nothing else; it blocks in `Poller.wait` until a packet, a message or the engine's next timer comes.
 */
import { HEADROOM, type Nat64Engine, RESERVE } from "@nat64/nat64-engine";
import type { DatagramBatch, ReadOptions } from "@nat64/packet-io/packets";
import { type EventFd, Poller } from "@nat64/packet-io/wait";
import type { Tun } from "@nat64/tun";
import type { LoopCounters } from "../thread/messages/data-path.ts";

/**
 * Microseconds to spin before the thread sleeps, and the longest pause in milliseconds after which traffic counts as
 * recent. Waking a sleeping thread costs more than this spin; spinning without traffic would cost a core.
 */
const SPIN = 60;
const RECENT = 0.2;

/** The longest wait in milliseconds, whatever the engine says. */
const LONGEST_WAIT = 60_000;

/** Slots of the counters, which are an array so that counting does not allocate. */
const WAKE_UPS = 0;
const BATCHES = 1;
const ADVANCES = 2;
const BUSY = 3;
const LONGEST = 4;
const SLOTS = 5;

/** Something that takes part in the rounds: the path machine, a relay. */
export interface LoopGuest {
  /** When it has something to do, in milliseconds of the loop's clock. */
  nextDeadline(): number;
  /** Called in each round; cheap when nothing is due. */
  advance(now: number): void;
}

/** A guest with a socket of its own. */
export interface LoopSocket extends LoopGuest {
  readonly fd: number;
  /** Takes out of what came from the device what it carries past the engine. */
  take(packets: DatagramBatch, now: number): void;
  /** Called when the socket can be read. */
  receive(now: number): void;
}

/** What the loop works with. `input` and `output` share their bytes. */
export interface LoopParts {
  readonly tun: Tun;
  /** Sends what the engine made: to the device, or past it. */
  readonly send: (packets: DatagramBatch, now: number) => void;
  /** Guests, of which `socket` may be one. They may come and go between two rounds. */
  readonly guests: readonly LoopGuest[];
  readonly socket: LoopSocket | undefined;
  /** Holds back packets from the device that have to wait, and lets them go on as a guest. */
  readonly shaping: { fromDevice(packets: DatagramBatch, now: number): void };
  readonly wakeUp: EventFd;
  /** The engine to begin with; see {@link DataPathLoop.replaceEngine}. */
  readonly engine: Nat64Engine;
  readonly input: DatagramBatch;
  readonly output: DatagramBatch;
  /** Milliseconds on a clock that never goes back. */
  readonly clock: () => number;
  /** Called when a message may wait; `false` ends the loop. */
  readonly onMessage: () => boolean;
}

/** Runs one thread's data path until it is told to stop. */
export class DataPathLoop {
  readonly #parts: LoopParts;
  readonly #poller: Poller;
  readonly #counters: Float64Array = new Float64Array(SLOTS);
  readonly #readOptions: ReadOptions;
  #engine: Nat64Engine;
  #nextTimer = 0;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#engine = parts.engine;
    this.#readOptions = { headroom: HEADROOM, reserve: RESERVE, merge: parts.tun.takes };
    this.#poller = new Poller([
      parts.tun.fd,
      parts.wakeUp.fd,
      ...(parts.socket === undefined ? [] : [parts.socket.fd]),
    ]);
  }

  /** Blocks its thread. Throws what the engine or the TUN device throws: neither does for any packet. */
  run(): void {
    const { clock, wakeUp, onMessage, socket } = this.#parts;
    const counters = this.#counters;
    const ready = this.#poller.ready;
    let now = clock();
    let spin = 0;
    for (;;) {
      if (now >= this.#nextTimer) this.#advance(now);
      const deadline = this.#advanceGuests(now);
      const before = clock();
      counters[BUSY] += before - now;
      if (before - now > counters[LONGEST]) counters[LONGEST] = before - now;
      this.#poller.wait(Math.max(0, deadline - before), spin);
      now = clock();
      spin = now - before < RECENT ? SPIN : 0;
      counters[WAKE_UPS]++;
      if (ready[1] !== 0) {
        wakeUp.clear();
        if (!onMessage()) return;
      }
      if (ready[0] !== 0) this.#read(now);
      if (socket !== undefined && ready[2] !== 0) socket.receive(now);
    }
  }

  /** Numbers since start; the longest round begins anew. */
  counters(): LoopCounters {
    const [wakeUps, batches, advances, busyMilliseconds, longestRoundMilliseconds] = this.#counters;
    this.#counters[LONGEST] = 0;
    return { wakeUps, batches, advances, busyMilliseconds, longestRoundMilliseconds };
  }

  /** Lets another engine go on between two rounds. Its timers act at once: they may be due sooner. */
  replaceEngine(engine: Nat64Engine, now: number): void {
    this.#engine = engine;
    this.#advance(now);
  }

  /** Lets the engine's timers act in the next round, whenever they are due. */
  hurry(): void {
    this.#nextTimer = 0;
  }

  #read(now: number): void {
    const { tun, input, socket, shaping } = this.#parts;
    tun.read(input, this.#readOptions);
    socket?.take(input, now);
    this.#counters[BATCHES]++;
    shaping.fromDevice(input, now);
    this.translate(input, now);
  }

  /** Lets the engine have a batch over the bytes of `output`, and sends what it makes of it. */
  translate(input: DatagramBatch, now: number): void {
    const { output, send } = this.#parts;
    const engine = this.#engine;
    let from = 0;
    while (from < input.count) {
      const next = engine.process(input, from, output, now);
      if (output.count > 0) send(output, now);
      else if (next === from) throw new Error("the engine made no progress on an empty output batch");
      from = next;
    }
  }

  #advance(now: number): void {
    const { output, send } = this.#parts;
    const wait = this.#engine.advance(output, now);
    if (output.count > 0) send(output, now);
    this.#nextTimer = now + Math.min(wait, LONGEST_WAIT);
    this.#counters[ADVANCES]++;
  }

  /** Returns when the next round is due at the latest. */
  #advanceGuests(now: number): number {
    const { guests } = this.#parts;
    let deadline = this.#nextTimer;
    for (let i = 0; i < guests.length; i++) {
      guests[i].advance(now);
      deadline = Math.min(deadline, guests[i].nextDeadline());
    }
    // A guest may have hurried the engine.
    return Math.min(deadline, this.#nextTimer);
  }
}
