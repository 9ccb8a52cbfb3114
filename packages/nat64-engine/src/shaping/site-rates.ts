import { ByteBucket } from "./byte-bucket.ts";

/** Rates of single sites, within the rate of all. Sites are numbers from 0 on: the first word of their key. */
export class SiteRates {
  readonly #buckets: (ByteBucket | undefined)[];
  #count = 0;

  /** @param sites their number */
  constructor(sites: number) {
    this.#buckets = new Array(sites).fill(undefined);
  }

  /** How many sites have a rate. */
  get count(): number {
    return this.#count;
  }

  /** The lowest rate in bytes per millisecond; Infinity if there is none. */
  get lowest(): number {
    return this.#buckets.reduce(
      (lowest, each) => Math.min(lowest, each?.bytesPerMs ?? lowest),
      Number.POSITIVE_INFINITY,
    );
  }

  /** Sets the rate of a site, in bits per second; `undefined` removes it. A debt remains. */
  set(site: number, bitsPerSecond: number | undefined, now: number): void {
    const before = this.#buckets[site];
    if (bitsPerSecond === undefined) this.#buckets[site] = undefined;
    else {
      const bucket = before ?? new ByteBucket();
      bucket.set(bitsPerSecond, undefined, now);
      this.#buckets[site] = bucket;
    }
    this.#count += Number(bitsPerSecond !== undefined) - Number(before !== undefined);
  }

  /** Whether a site may send now. @param isBusy whether packets wait */
  isOpen(site: number, now: number, isBusy: boolean): boolean {
    const bucket = this.#buckets[site];
    if (bucket === undefined) return true;
    bucket.fill(now, isBusy);
    return bucket.isOpen;
  }

  /** Counts bytes that a site has sent. */
  take(site: number, bytes: number): void {
    this.#buckets[site]?.take(bytes);
  }

  /** Milliseconds until a site may send, from the last {@link SiteRates.isOpen} on. */
  waitMs(site: number): number {
    return this.#buckets[site]?.waitMs ?? 0;
  }
}
