/** The file with the month's use and the rates that were set at run time. */
import { readIfThere, writeAtomically } from "@nat64/daemon-kit/system";
import { z } from "zod";
import type { DayUse } from "./day.ts";
import type { MonthUse } from "./month.ts";
import type { Rates } from "./rates.ts";

/** Rates that were set at run time. */
export interface SetRates {
  readonly rates: Rates;
  /** The rates in the configuration file at that time. If they change, the rates set at run time no longer apply. */
  readonly instead: Rates;
  /** When they were set, ISO 8601. */
  readonly at: string;
}

/** The content of the file. */
export interface BandwidthState {
  readonly month?: MonthUse | undefined;
  /** The day of the month, for the shares of clients. */
  readonly day?: DayUse | undefined;
  readonly set?: SetRates | undefined;
}

const rate = z.object({ rate: z.number().positive(), burst: z.number().positive().optional() });
const rates = z.object({ up: rate.optional(), down: rate.optional() });
const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const use = { starts: time, used: z.number().min(0) };
const fileSchema: z.ZodType<BandwidthState> = z.object({
  version: z.literal(1),
  month: z.object({ ...use, before: z.object(use).optional() }).optional(),
  day: z.object({ starts: time, usedBefore: z.number().min(0) }).optional(),
  set: z.object({ rates, instead: rates, at: time }).optional(),
});

/** Reads the file. Returns nothing if it does not exist. Throws an `Error` with a sentence if it is damaged. */
export function readState(path: string): BandwidthState {
  const text = readIfThere(path);
  if (text === undefined) return {};
  try {
    const { month, day, set } = fileSchema.parse(JSON.parse(text));
    return { month, day, set };
  } catch {
    throw new Error(`${path} is damaged`);
  }
}

/** Replaces the file atomically: after a crash it is either the old or the new one. */
export function writeState(path: string, state: BandwidthState): void {
  writeAtomically(path, `${JSON.stringify({ version: 1, ...state }, null, 1)}\n`);
}
