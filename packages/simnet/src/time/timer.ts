import type { EventQueue, Scheduled } from "./event-queue.ts";
import type { Life } from "./life.ts";

/** What a timer calls. */
export type TimerAction = (now: number) => void;

/** Calls a function once at a time; can be set again and again without allocating. */
export class Timer implements Scheduled {
  /** Belongs to the queue. */
  position = -1;
  readonly background: boolean;
  readonly #queue: EventQueue;
  readonly #life: Life;
  readonly #action: TimerAction;
  #at: number = Number.POSITIVE_INFINITY;

  constructor(queue: EventQueue, life: Life, action: TimerAction, background = false) {
    this.#queue = queue;
    this.#life = life;
    this.#action = action;
    this.background = background;
  }

  /** When it will run, in virtual milliseconds; Infinity if it is not set. */
  get at(): number {
    return this.position < 0 ? Number.POSITIVE_INFINITY : this.#at;
  }

  /** Sets or moves it: Infinity means never, a time in the past means now. A timer of a crashed host stays off. */
  set(at: number): void {
    if (at === Number.POSITIVE_INFINITY || !this.#life.isAlive) {
      this.cancel();
      return;
    }
    this.#at = at;
    this.#queue.schedule(this, at);
  }

  /** Cancels it. */
  cancel(): void {
    this.#queue.cancel(this);
  }

  /** Belongs to the queue. */
  run(): void {
    if (this.#life.isAlive) this.#action(this.#queue.now);
  }
}

/** Calls a function repeatedly until it is cancelled or its host crashes. */
export class PeriodicTimer implements Scheduled {
  /** Belongs to the queue. */
  position = -1;
  readonly background: boolean;
  readonly #queue: EventQueue;
  readonly #life: Life;
  readonly #action: TimerAction;
  readonly #interval: number;

  /** @param interval milliseconds, more than zero @param first when it runs first */
  constructor(
    queue: EventQueue,
    life: Life,
    interval: number,
    action: TimerAction,
    first: number = queue.now + interval,
    background = false,
  ) {
    if (!(interval > 0)) throw new RangeError(`An interval has to be more than 0 ms, not ${interval}.`);
    this.#queue = queue;
    this.#life = life;
    this.#interval = interval;
    this.#action = action;
    this.background = background;
    if (life.isAlive) queue.schedule(this, first);
  }

  /** Ends it. */
  cancel(): void {
    this.#queue.cancel(this);
  }

  /** Belongs to the queue. */
  run(): void {
    if (!this.#life.isAlive) return;
    this.#queue.schedule(this, this.#queue.now + this.#interval);
    this.#action(this.#queue.now);
  }
}
