/**
 * Forwards packets from the TUN device through the engine, and lets the engine's timers act. It allocates nothing per
 * packet or batch.
 */
import { HEADROOM, type Nat64Engine, RESERVE } from "@nat64/nat64-engine";
import type { DatagramBatch, PacketBatch, ReadOptions } from "@nat64/packet-io/packets";
import type { LoopSource, LoopTask } from "@nat64/packet-io/wait";
import type { Tun } from "@nat64/tun";

/** The engine's timers act at least this often. */
const MAX_TIMER_MS = 60_000;

/** The parts that a forwarder connects. `input` and `output` share their bytes. */
export interface ForwarderParts {
  readonly tun: Tun;
  /** Sends what the engine made: to the device, or past it. */
  readonly send: (packets: DatagramBatch, now: number) => void;
  /** Takes packets that go past the engine out of a batch from the device; left out, there are none. */
  readonly divert: ((packets: DatagramBatch, now: number) => void) | undefined;
  /** Takes packets that have to wait out of a batch from the device. */
  readonly shape: (packets: DatagramBatch, now: number) => void;
  /** The engine to begin with; see {@link Forwarder.replaceEngine}. */
  readonly engine: Nat64Engine;
  readonly input: DatagramBatch;
  readonly output: DatagramBatch;
}

/** The device is a source of the loop, the engine's timers are a task. */
export class Forwarder implements LoopSource, LoopTask {
  /** Batches read from the device. */
  batches = 0;
  /** Times that the engine's timers acted. */
  advances = 0;
  readonly #parts: ForwarderParts;
  readonly #readOptions: ReadOptions;
  #engine: Nat64Engine;
  #nextTimer = 0;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
    this.#engine = parts.engine;
    this.#readOptions = { headroom: HEADROOM, reserve: RESERVE, merge: parts.tun.takes };
  }

  get fd(): number {
    return this.#parts.tun.fd;
  }

  nextDeadline(): number {
    return this.#nextTimer;
  }

  /** Lets the engine's timers act that are due. */
  advance(now: number): void {
    if (now >= this.#nextTimer) this.#advance(now);
  }

  /** Lets the engine's timers act in the next round, whenever they are due. */
  requestAdvance(): void {
    this.#nextTimer = 0;
  }

  /** Switches to another engine between two rounds. Its timers act at once: they may be due sooner. */
  replaceEngine(engine: Nat64Engine, now: number): void {
    this.#engine = engine;
    this.#advance(now);
  }

  /** Reads a batch from the device and forwards it. */
  receive(now: number): void {
    const { tun, input, output, divert, shape } = this.#parts;
    tun.read(input, this.#readOptions);
    divert?.(input, now);
    this.batches++;
    shape(input, now);
    this.translate(input, output, now);
  }

  /** Lets the engine translate a batch to `output`, which is over the same bytes, and sends what it makes. */
  translate(input: PacketBatch, output: DatagramBatch, now: number): void {
    const { send } = this.#parts;
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
    this.#nextTimer = now + Math.min(wait, MAX_TIMER_MS);
    this.advances++;
  }
}
