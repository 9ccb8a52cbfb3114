import { GOALS, type GoalOutcome, outcomes } from "./goals.ts";
import { METRICS, type Metric } from "./metrics.ts";
import type { Values } from "./probes/probe.ts";
import type { Setting } from "./setting.ts";
import { ratios, type Series, series } from "./stats.ts";

/** Values of one round: by contender, then by metric. */
export type Round = Readonly<Record<string, Values>>;

/** A probe that failed. */
export interface Failure {
  readonly round: number;
  readonly translator: string;
  readonly probe: string;
  readonly reason: string;
}

/** The result of a bench, as `--json` prints it. */
export interface Report extends Setting {
  readonly bench: string;
  readonly rounds: number;
  /** The contender that the ratios refer to; `null` if it was not measured. */
  readonly base: string | null;
  readonly metrics: readonly Metric[];
  /** By contender, then by metric. */
  readonly results: Readonly<Record<string, Readonly<Record<string, Series>>>>;
  /** By contender, then by metric: value divided by the base's of the same round. */
  readonly ratios: Readonly<Record<string, Readonly<Record<string, Series>>>>;
  /** Every goal of this bench, measured or not. */
  readonly goals: readonly GoalOutcome[];
  readonly failures: readonly Failure[];
}

/** Combines rounds. `base` is the contender that ratios refer to. */
export function report(
  bench: string,
  base: string,
  setting: Setting,
  rounds: readonly Round[],
  failures: readonly Failure[],
): Report {
  const names = Object.keys(rounds[0] ?? {});
  const results = Object.fromEntries(
    names.map((name) => [name, byMetric((key) => series(rounds.map((round) => round[name][key] ?? null)))]),
  );
  const empty = series([]);
  const compared = names.filter((name) => name !== base && base in results);
  return {
    bench,
    ...setting,
    rounds: rounds.length,
    base: base in results ? base : null,
    metrics: METRICS,
    results,
    ratios: Object.fromEntries(
      compared.map((name) => [
        name,
        byMetric((key) => ratios(results[name][key] ?? empty, results[base][key] ?? empty)),
      ]),
    ),
    goals: outcomes(GOALS[bench] ?? [], results),
    failures,
  };
}

/** A series for each metric, without those that were never measured. */
function byMetric(toSeries: (key: string) => Series): Record<string, Series> {
  const all = METRICS.map(({ key }): [string, Series] => [key, toSeries(key)]);
  return Object.fromEntries(all.filter(([, { median }]) => median !== null));
}
