/** Round-trip times and losses of a pair's latest probes. */

/** Number of latest probes that count. */
const WINDOW = 16;

export class PathStatistics {
  readonly #latest: (number | undefined)[] = [];

  /** Notes the round-trip time of an answered probe, in milliseconds. */
  answered(rttMs: number): void {
    this.#note(rttMs);
  }

  /** Notes an unanswered probe. */
  lost(): void {
    this.#note(undefined);
  }

  /** Median round-trip time in milliseconds; undefined if no probe was answered. */
  get rttMs(): number | undefined {
    const sorted = this.#latest.filter((each) => each !== undefined).sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** Share of unanswered probes, 0 … 1; undefined before the first probe. */
  get loss(): number | undefined {
    if (this.#latest.length === 0) return undefined;
    return this.#latest.filter((each) => each === undefined).length / this.#latest.length;
  }

  #note(rttMs: number | undefined): void {
    this.#latest.push(rttMs);
    if (this.#latest.length > WINDOW) this.#latest.shift();
  }
}
