/**
 * Forwards packets from the TUN device through the engine, and runs the engine's timers. Allocates nothing per packet or
 * batch.
 */
import { HEADROOM, type Nat64Engine, RESERVE } from "@nat64/nat64-engine";
import type { DatagramBatch, PacketBatch, ReadOptions } from "@nat64/packet-io/packets";
import type { LoopSource, LoopTask } from "@nat64/packet-io/wait";
import type { Tun } from "@nat64/tun";

/** Maximum interval between runs of the engine's timers. */
const MAX_TIMER_MS = 60_000;

/** The parts that a forwarder connects. `input` and `output` share their bytes. */
export interface ForwarderParts {
  readonly tun: Tun;
  /** Sends the engine's packets, to the device or elsewhere. */
  readonly send: (packets: DatagramBatch, now: number) => void;
  /** Removes packets that bypass the engine from a batch from the device; left out if there are none. */
  readonly divert: ((packets: DatagramBatch, now: number) => void) | undefined;
  /** Moves packets that exceed a bandwidth limit from a batch from the device to queues. */
  readonly shape: (packets: DatagramBatch, now: number) => void;
  /** The initial engine; see {@link Forwarder.replaceEngine}. */
  readonly engine: Nat64Engine;
  readonly input: DatagramBatch;
  readonly output: DatagramBatch;
}

/** The device as a source of the loop, and the engine's timers as a task. */
export class Forwarder implements LoopSource, LoopTask {
  /** Batches read from the device. */
  batches = 0;
  /** Number of runs of the engine's timers. */
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

  /** Runs due timers of the engine. */
  advance(now: number): void {
    if (now >= this.#nextTimer) this.#advance(now);
  }

  /** Makes the engine's timers run in the next round. */
  requestAdvance(): void {
    this.#nextTimer = 0;
  }

  /** Switches to another engine between two rounds. Its timers run at once, because they may be due sooner. */
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

  /** Translates a batch to `output`, which shares its bytes, and sends the result. */
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
