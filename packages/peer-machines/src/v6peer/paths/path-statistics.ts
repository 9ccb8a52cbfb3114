/** Round-trip times and losses of a pair's latest probes. */

/** Probes that are looked back at. */
const WINDOW = 16;

export class PathStatistics {
  readonly #latest: (number | undefined)[] = [];

  /** A probe was answered after so many milliseconds. */
  answered(rtt: number): void {
    this.#note(rtt);
  }

  /** A probe stayed without an answer. */
  lost(): void {
    this.#note(undefined);
  }

  /** Median round-trip time in milliseconds; undefined without any answer. */
  get rtt(): number | undefined {
    const sorted = this.#latest.filter((each) => each !== undefined).sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** Share of probes without an answer, 0 … 1; undefined before the first. */
  get loss(): number | undefined {
    if (this.#latest.length === 0) return undefined;
    return this.#latest.filter((each) => each === undefined).length / this.#latest.length;
  }

  #note(rtt: number | undefined): void {
    this.#latest.push(rtt);
    if (this.#latest.length > WINDOW) this.#latest.shift();
  }
}
