import type { BandwidthFile, RateFile } from "../config/bandwidth.ts";

/** Rates that hold. A direction that is left out has no limit. */
export interface Rates {
  readonly up?: RateFile | undefined;
  readonly down?: RateFile | undefined;
}

/** The rates of a file. */
export function ratesOf(file: BandwidthFile | undefined): Rates {
  return { ...(file?.up && { up: file.up }), ...(file?.down && { down: file.down }) };
}

/** What can be promised to others: the lower one of both rates in bits per second; `undefined` where there is no limit. */
export function promisedRate(rates: Rates | undefined): number | undefined {
  const all = [rates?.up?.rate, rates?.down?.rate].filter((each) => each !== undefined);
  return all.length === 0 ? undefined : Math.min(...all);
}
