/** CoDel (RFC 8289) for many queues: a queue has to slow down when the delay in it persists, whatever its length. */

/** The delay that may persist (RFC 8289 §4.3), and the time after which a longer delay counts as persistent (§4.2). */
const TARGET_MS = 5;
const INTERVAL_MS = 100;

/** If a queue drops again within so many intervals, it continues at the rate it had (§5.5). */
const REMEMBERED_INTERVALS = 16;

/** Int32 words of a queue: drops since it started dropping, the same when it last started, and whether it is dropping. */
const COUNT = 0;
const LAST_COUNT = 1;
const IS_DROPPING = 2;
const WORDS = 3;

/** Times of a queue: when a delay above the target counts as persistent, 0 for none; and the next drop. */
const FIRST_ABOVE = 0;
const NEXT_DROP = 1;
const TIMES = 2;

export class CoDel {
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  #targetMs = TARGET_MS;
  #largestPacketBytes = 0;

  constructor(queues: number) {
    this.#words = new Int32Array(queues * WORDS);
    this.#times = new Float64Array(queues * TIMES);
  }

  /**
   * @param packetMs milliseconds that the largest packet takes at the rate: at low rates the target is 1.5 times that
   * @param largestPacketBytes a queue with no more bytes is never too long
   */
  set(packetMs: number, largestPacketBytes: number): void {
    this.#targetMs = Math.max(TARGET_MS, 1.5 * packetMs);
    this.#largestPacketBytes = largestPacketBytes;
  }

  /** Forgets everything about a queue. */
  reset(queue: number): void {
    this.#words.fill(0, queue * WORDS, (queue + 1) * WORDS);
    this.#times.fill(0, queue * TIMES, (queue + 1) * TIMES);
  }

  /**
   * Whether to drop, or mark, the packet at the head of a queue. After a drop, call it again for the next packet.
   *
   * @param delay milliseconds that the packet has waited
   * @param backlog bytes of the queue
   */
  mustDrop(queue: number, delay: number, backlog: number, now: number): boolean {
    const words = this.#words;
    const times = this.#times;
    const at = queue * WORDS;
    const timesAt = queue * TIMES;
    if (!this.#isPersistent(timesAt, delay, backlog, now)) {
      words[at + IS_DROPPING] = 0;
      return false;
    }
    if (words[at + IS_DROPPING] === 1) {
      if (now < times[timesAt + NEXT_DROP]) return false;
      words[at + COUNT]++;
      times[timesAt + NEXT_DROP] += INTERVAL_MS / Math.sqrt(words[at + COUNT]);
      return true;
    }
    words[at + IS_DROPPING] = 1;
    const before = words[at + COUNT] - words[at + LAST_COUNT];
    const isRecent = before > 1 && now - times[timesAt + NEXT_DROP] < REMEMBERED_INTERVALS * INTERVAL_MS;
    words[at + COUNT] = isRecent ? before : 1;
    words[at + LAST_COUNT] = words[at + COUNT];
    times[timesAt + NEXT_DROP] = now + INTERVAL_MS / Math.sqrt(words[at + COUNT]);
    return true;
  }

  /** Whether the delay has been above the target for an interval. */
  #isPersistent(timesAt: number, delay: number, backlog: number, now: number): boolean {
    const times = this.#times;
    if (delay < this.#targetMs || backlog <= this.#largestPacketBytes) {
      times[timesAt + FIRST_ABOVE] = 0;
      return false;
    }
    if (times[timesAt + FIRST_ABOVE] === 0) {
      times[timesAt + FIRST_ABOVE] = now + INTERVAL_MS;
      return false;
    }
    return now >= times[timesAt + FIRST_ABOVE];
  }
}
