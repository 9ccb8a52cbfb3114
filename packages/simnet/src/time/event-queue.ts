/**
 * The virtual clock and its events. Events of the same time run in the order in which they were scheduled, so a run
 * depends only on its inputs.
 *
 * A heap with four children per node in parallel arrays: it is half as deep as a binary one, and the four compared
 * times are adjacent. Events know their position, so that one can be moved or removed without leaving a dead entry: the
 * queue only contains pending events.
 */

/** An event at a time. */
export interface Scheduled {
  /** Its position in the queue, −1 if it is not in it. For the queue only. */
  position: number;
  /** Whether the simulation counts as idle if only such events are left. */
  readonly background: boolean;
  /** Called at its time. */
  run(): void;
}

const CHILDREN = 4;

export class EventQueue {
  /** Virtual milliseconds since the start. */
  now = 0;
  /** Events that ran. */
  processed = 0;
  #times: Float64Array = new Float64Array(1024);
  /** Sequence numbers: who was scheduled first. */
  #orders: Float64Array = new Float64Array(1024);
  readonly #events: Scheduled[] = [];
  #size = 0;
  #nextOrder = 0;
  #foreground = 0;

  /** Events that wait. */
  get size(): number {
    return this.#size;
  }

  /** Events that wait and keep the simulation from being idle. */
  get foreground(): number {
    return this.#foreground;
  }

  /** The time of the next event; Infinity when there is none. */
  get nextTime(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0];
  }

  /** Adds or moves an event. A time in the past means now. */
  schedule(event: Scheduled, time: number): void {
    if (Number.isNaN(time)) throw new RangeError("The time of an event is not a number.");
    if (event.position >= 0) this.cancel(event);
    if (this.#size === this.#times.length) this.#grow();
    if (!event.background) this.#foreground++;
    this.#up(this.#size++, event, Math.max(time, this.now), this.#nextOrder++);
  }

  /** Removes an event, if it is in the queue. */
  cancel(event: Scheduled): void {
    const position = event.position;
    if (position < 0) return;
    event.position = -1;
    if (!event.background) this.#foreground--;
    const last = --this.#size;
    const moved = this.#events[last];
    const time = this.#times[last];
    const order = this.#orders[last];
    this.#events.length = last;
    if (position === last) return;
    const parent = ((position - 1) / CHILDREN) | 0;
    if (position > 0 && this.#isBefore(time, order, parent)) this.#up(position, moved, time, order);
    else this.#down(position, moved, time, order);
  }

  /** Removes the next event and sets the clock to its time. There must be one. */
  take(): Scheduled {
    const event = this.#events[0];
    this.now = this.#times[0];
    this.processed++;
    this.cancel(event);
    return event;
  }

  #isBefore(time: number, order: number, position: number): boolean {
    const other = this.#times[position];
    return time < other || (time === other && order < this.#orders[position]);
  }

  #place(position: number, event: Scheduled, time: number, order: number): void {
    this.#times[position] = time;
    this.#orders[position] = order;
    this.#events[position] = event;
    event.position = position;
  }

  #up(start: number, event: Scheduled, time: number, order: number): void {
    let position = start;
    while (position > 0) {
      const parent = ((position - 1) / CHILDREN) | 0;
      if (!this.#isBefore(time, order, parent)) break;
      this.#place(position, this.#events[parent], this.#times[parent], this.#orders[parent]);
      position = parent;
    }
    this.#place(position, event, time, order);
  }

  #down(start: number, event: Scheduled, time: number, order: number): void {
    const times = this.#times;
    const orders = this.#orders;
    let position = start;
    for (;;) {
      const first = position * CHILDREN + 1;
      if (first >= this.#size) break;
      const end = Math.min(first + CHILDREN, this.#size);
      let least = first;
      for (let child = first + 1; child < end; child++) {
        if (times[child] < times[least] || (times[child] === times[least] && orders[child] < orders[least])) {
          least = child;
        }
      }
      if (this.#isBefore(time, order, least)) break;
      this.#place(position, this.#events[least], times[least], orders[least]);
      position = least;
    }
    this.#place(position, event, time, order);
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const orders = new Float64Array(this.#orders.length * 2);
    times.set(this.#times);
    orders.set(this.#orders);
    this.#times = times;
    this.#orders = orders;
  }
}
