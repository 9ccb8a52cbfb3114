/**
 * The loop of a thread that moves packets: wait for descriptors and deadlines, and let those act that can. The thread does
 * nothing else; it blocks in `PollSet.wait` until a descriptor is ready, a message comes, or a task is due.
 *
 * To wait for another descriptor: implement `LoopSource`, and add it to `sources` in the daemon's
 * `data-path/worker-thread/worker.ts`. This file stays as it is, unless the loop has to wait for something other than input.
 */
import type { EventFd } from "./event-fd.ts";
import { PollSet } from "./poll-set.ts";

/**
 * How long to spin before the thread sleeps, and the longest pause after which traffic counts as recent. Waking a sleeping
 * thread costs more than this spin; spinning without traffic would cost a core.
 */
const SPIN_MICROSECONDS = 60;
const RECENT_MS = 0.2;

/** The longest wait, whatever the tasks say. */
const MAX_WAIT_MS = 60_000;

/** Slots of the counters, which are an array so that counting does not allocate. */
const WAKE_UPS = 0;
const BUSY_MS = 1;
const LONGEST_ROUND_MS = 2;
const SLOTS = 3;

/** A descriptor that the loop waits for: a TUN device, a socket, a timer of the system. */
export interface LoopSource {
  /** The descriptor, as it is when the loop is made. A negative one is never ready. */
  readonly fd: number;
  /** Called in each round in which the descriptor is ready. */
  receive(now: number): void;
}

/** Something with deadlines that takes part in the rounds: the timers of an engine, a protocol machine, a shaper. */
export interface LoopTask {
  /** When it has something to do, in milliseconds of the loop's clock; `Infinity` for never. */
  nextDeadline(): number;
  /** Called in each round; cheap when nothing is due. */
  advance(now: number): void;
}

/** What a loop works with. */
export interface WaitLoopParts {
  /** Milliseconds on a clock that never goes back. */
  readonly clock: () => number;
  /** Notified when a message waits for the thread. */
  readonly wakeUp: EventFd;
  /** Called after a wake-up, before the sources; `false` ends the loop. */
  readonly onMessage: (now: number) => boolean;
  /** Called in this order. */
  readonly sources: readonly LoopSource[];
  /** Called in this order. A task may make the deadline of an earlier one sooner. */
  readonly tasks: readonly LoopTask[];
}

/** How busy the thread is. Counts are since start. */
export interface WaitCounters {
  /** Returns from waiting. */
  readonly wakeUps: number;
  /** Time that the thread did not wait. */
  readonly busyMs: number;
  /** The longest round since the counters were last read. */
  readonly longestRoundMs: number;
}

/** Runs one thread until a message ends it. It allocates nothing per round. */
export class WaitLoop {
  readonly #parts: WaitLoopParts;
  readonly #pollSet: PollSet;
  readonly #counters: Float64Array = new Float64Array(SLOTS);

  /** Throws `ERR_PACKET_IO_ARGUMENT` for more sources than a `PollSet` takes. */
  constructor(parts: WaitLoopParts) {
    this.#parts = parts;
    this.#pollSet = new PollSet([parts.wakeUp.fd, ...parts.sources.map(({ fd }) => fd)]);
  }

  /** Blocks its thread. Throws what a source or task throws. */
  run(): void {
    const { clock, wakeUp, onMessage, sources, tasks } = this.#parts;
    const counters = this.#counters;
    const { ready } = this.#pollSet;
    let now = clock();
    let spin = 0;
    for (;;) {
      for (let i = 0; i < tasks.length; i++) tasks[i].advance(now);
      let deadline = Number.POSITIVE_INFINITY;
      for (let i = 0; i < tasks.length; i++) deadline = Math.min(deadline, tasks[i].nextDeadline());
      const before = clock();
      counters[BUSY_MS] += before - now;
      if (before - now > counters[LONGEST_ROUND_MS]) counters[LONGEST_ROUND_MS] = before - now;
      this.#pollSet.wait(Math.min(Math.max(0, deadline - before), MAX_WAIT_MS), spin);
      now = clock();
      spin = now - before < RECENT_MS ? SPIN_MICROSECONDS : 0;
      counters[WAKE_UPS]++;
      if (ready[0] !== 0) {
        wakeUp.clear();
        if (!onMessage(now)) return;
      }
      for (let i = 0; i < sources.length; i++) if (ready[i + 1] !== 0) sources[i].receive(now);
    }
  }

  /** The counters; the longest round begins anew. */
  counters(): WaitCounters {
    const [wakeUps, busyMs, longestRoundMs] = this.#counters;
    this.#counters[LONGEST_ROUND_MS] = 0;
    return { wakeUps, busyMs, longestRoundMs };
  }
}
