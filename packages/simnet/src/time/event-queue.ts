/**
 * The virtual clock and what is to happen when. Events of the same time run in the order in which they were scheduled,
 * so a run is a function of its inputs alone.
 *
 * A heap with four children per node in parallel arrays: it is half as deep as a binary one, and the four times that
 * are compared lie side by side. Events know their position, so that one can be moved or taken out without leaving a
 * dead entry behind: the queue never holds more than what is due.
 */

/** Something that happens at a time. */
export interface Scheduled {
  /** Where it is in the queue, −1 when it is not. Belongs to the queue. */
  position: number;
  /** Whether the simulation counts as idle when only such events are left. */
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

  /** Puts an event in, or moves it. A time that has passed means now. */
  schedule(event: Scheduled, time: number): void {
    if (Number.isNaN(time)) throw new RangeError("The time of an event is not a number.");
    if (event.position >= 0) this.cancel(event);
    if (this.#size === this.#times.length) this.#grow();
    if (!event.background) this.#foreground++;
    this.#up(this.#size++, event, Math.max(time, this.now), this.#nextOrder++);
  }

  /** Takes an event out; does nothing when it is not in. */
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

  /** Takes the next event out and turns the clock to its time. There has to be one. */
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
