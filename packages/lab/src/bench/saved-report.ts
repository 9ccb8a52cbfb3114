import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Report } from "./report.ts";

const value = z.number().nullable();
const seriesByMetric = z.record(z.string(), z.record(z.string(), z.object({ median: value, rounds: z.array(value) })));

const schema = z.object({
  bench: z.string(),
  date: z.iso.datetime(),
  machine: z.object({ cpu: z.string(), cores: z.number(), kernel: z.string(), node: z.string() }),
  versions: z.array(z.string()),
  seconds: z.number(),
  rounds: z.number(),
  base: z.string().nullable(),
  metrics: z.array(
    z.object({ key: z.string(), title: z.string(), unit: z.string(), better: z.enum(["more", "less"]) }),
  ),
  results: seriesByMetric,
  ratios: seriesByMetric,
  goals: z.array(
    z.object({
      contender: z.string(),
      metric: z.string(),
      of: z.string().nullable(),
      kind: z.enum(["at least", "at most"]),
      bound: z.number(),
      measured: value,
      met: z.boolean().nullable(),
    }),
  ),
  failures: z.array(z.object({ round: z.number(), translator: z.string(), probe: z.string(), reason: z.string() })),
});

/** Reads what `--json` printed. Throws an error with a sentence when it cannot be read, or is something else. */
export function readReport(file: string): Report {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const { data, error } = schema.safeParse(json);
  if (data !== undefined) return data;
  const [{ path, message }] = error.issues;
  throw new Error(`${file} is not the --json output of a bench: ${path.join(".") || "the whole file"}: ${message}`);
}
