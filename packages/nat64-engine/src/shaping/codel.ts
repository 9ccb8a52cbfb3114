/** CoDel (RFC 8289) for many queues: what a queue stands too long in is the sign to slow down, not how long it is. */

/** Milliseconds: a delay that may stand (RFC 8289 §4.3), and the time after which it counts as standing (§4.2). */
const TARGET = 5;
const INTERVAL = 100;

/** Intervals within which a queue that must drop again goes on where it was (§5.5). */
const REMEMBERED = 16;

/** Int32 words of a queue: how often dropped since it began, the same when it began last time, and whether it drops. */
const COUNT = 0;
const LAST_COUNT = 1;
const IS_DROPPING = 2;
const WORDS = 3;

/** Times of a queue: when a delay above target counts as standing, 0 for none; and when the next one is dropped. */
const FIRST_ABOVE = 0;
const NEXT_DROP = 1;
const TIMES = 2;

export class CoDel {
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  #target = TARGET;
  #largestPacket = 0;

  constructor(queues: number) {
    this.#words = new Int32Array(queues * WORDS);
    this.#times = new Float64Array(queues * TIMES);
  }

  /**
   * @param packetTime milliseconds that the largest packet takes at the rate: at low rates the target is one and a half of it
   * @param largestPacket bytes; a queue that has no more is never too long
   */
  set(packetTime: number, largestPacket: number): void {
    this.#target = Math.max(TARGET, 1.5 * packetTime);
    this.#largestPacket = largestPacket;
  }

  /** Forgets everything about a queue. */
  reset(queue: number): void {
    this.#words.fill(0, queue * WORDS, (queue + 1) * WORDS);
    this.#times.fill(0, queue * TIMES, (queue + 1) * TIMES);
  }

  /**
   * Whether the packet at a queue's head is to be dropped, or marked instead. To be asked again about the packet behind one
   * that was dropped.
   *
   * @param delay milliseconds that the packet has waited
   * @param backlog bytes of the queue
   */
  isToDrop(queue: number, delay: number, backlog: number, now: number): boolean {
    const words = this.#words;
    const times = this.#times;
    const at = queue * WORDS;
    const timesAt = queue * TIMES;
    if (!this.#stands(timesAt, delay, backlog, now)) {
      words[at + IS_DROPPING] = 0;
      return false;
    }
    if (words[at + IS_DROPPING] === 1) {
      if (now < times[timesAt + NEXT_DROP]) return false;
      words[at + COUNT]++;
      times[timesAt + NEXT_DROP] += INTERVAL / Math.sqrt(words[at + COUNT]);
      return true;
    }
    words[at + IS_DROPPING] = 1;
    const before = words[at + COUNT] - words[at + LAST_COUNT];
    const isRecent = before > 1 && now - times[timesAt + NEXT_DROP] < REMEMBERED * INTERVAL;
    words[at + COUNT] = isRecent ? before : 1;
    words[at + LAST_COUNT] = words[at + COUNT];
    times[timesAt + NEXT_DROP] = now + INTERVAL / Math.sqrt(words[at + COUNT]);
    return true;
  }

  /** Whether the delay has been above target for an interval. */
  #stands(timesAt: number, delay: number, backlog: number, now: number): boolean {
    const times = this.#times;
    if (delay < this.#target || backlog <= this.#largestPacket) {
      times[timesAt + FIRST_ABOVE] = 0;
      return false;
    }
    if (times[timesAt + FIRST_ABOVE] === 0) {
      times[timesAt + FIRST_ABOVE] = now + INTERVAL;
      return false;
    }
    return now >= times[timesAt + FIRST_ABOVE];
  }
}
