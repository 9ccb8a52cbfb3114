/** The file that remembers what was used of the month, and the rates that were set while the daemon ran. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { MonthUse } from "./month.ts";
import type { Rates } from "./rates.ts";

/** Rates that were set while the daemon ran. */
export interface SetRates {
  readonly rates: Rates;
  /** The rates that the configuration file had then: once it has others, these are void. */
  readonly instead: Rates;
  /** When, as ISO 8601. */
  readonly at: string;
}

/** What is remembered. */
export interface BandwidthState {
  readonly month?: MonthUse | undefined;
  readonly set?: SetRates | undefined;
}

const rate = z.object({ rate: z.number().positive(), burst: z.number().positive().optional() });
const rates = z.object({ up: rate.optional(), down: rate.optional() });
const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const fileSchema: z.ZodType<BandwidthState> = z.object({
  version: z.literal(1),
  month: z.object({ starts: time, used: z.number().min(0) }).optional(),
  set: z.object({ rates, instead: rates, at: time }).optional(),
});

/** What the file holds; nothing for one that is not there. Throws an `Error` with a sentence for one that is damaged. */
export function readState(path: string): BandwidthState {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  try {
    const { month, set } = fileSchema.parse(JSON.parse(text));
    return { month, set };
  } catch {
    throw new Error(`${path} is damaged`);
  }
}

/** Writes the file as a whole: after a crash it is the old or the new one. */
export function writeState(path: string, state: BandwidthState): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify({ version: 1, ...state }, null, 1)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
