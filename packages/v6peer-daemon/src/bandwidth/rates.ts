import type { BandwidthFile, RateFile } from "../config/bandwidth.ts";

/** The rates of both directions. A missing direction has no limit. */
export interface Rates {
  readonly up?: RateFile | undefined;
  readonly down?: RateFile | undefined;
}

/** The rates of a file. */
export function ratesOf(file: BandwidthFile | undefined): Rates {
  return { ...(file?.up && { up: file.up }), ...(file?.down && { down: file.down }) };
}

/** The rate to announce to others: the lower of both rates in bits per second; `undefined` if there is no limit. */
export function promisedRate(rates: Rates | undefined): number | undefined {
  const all = [rates?.up?.rate, rates?.down?.rate].filter((each) => each !== undefined);
  return all.length === 0 ? undefined : Math.min(...all);
}
