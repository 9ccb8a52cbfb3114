/** How long single calls take: what a packet waits at the most behind one of them. */
import { PerformanceObserver } from "node:perf_hooks";

/** Durations of the calls of one kind, in milliseconds. */
export class Pauses {
  #all = new Float64Array(1024);
  #count = 0;

  /** Calls `run`, notes how long it took, and returns what it returns. */
  time(run) {
    const start = performance.now();
    const result = run();
    this.note(performance.now() - start);
    return result;
  }

  note(duration) {
    if (this.#count === this.#all.length) {
      const longer = new Float64Array(2 * this.#count);
      longer.set(this.#all);
      this.#all = longer;
    }
    this.#all[this.#count++] = duration;
  }

  /** Number of calls, percentiles and the longest one, in milliseconds. */
  summary() {
    const sorted = this.#all.subarray(0, this.#count).sort();
    const at = (share) => sorted[Math.min(this.#count - 1, Math.floor(share * this.#count))] ?? 0;
    return { calls: this.#count, p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
  }
}

/** Watches the garbage collector; the function that is returned says what it did since the last time it was asked. */
export function watchGarbage() {
  let spans = [];
  const observer = new PerformanceObserver((list) => spans.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ entryTypes: ["gc"] });
  return async () => {
    await new Promise((resolve) => setImmediate(resolve));
    spans.push(...observer.takeRecords().map((entry) => entry.duration));
    const garbage = { collections: spans.length, longest: Math.max(0, ...spans) };
    spans = [];
    return garbage;
  };
}
