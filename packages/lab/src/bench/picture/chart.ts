/** The part of a report that is drawn: for each metric, a bar for each contender. */
import type { GoalOutcome } from "../goals.ts";
import type { Report } from "../report.ts";

/** A ratio to the base. */
export interface Bar {
  readonly contender: string;
  readonly ratio: number;
  /** The goal for the ratio, if there is one. */
  readonly goal: GoalOutcome | undefined;
}

/** The bars of a metric. */
export interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** The metrics of which more, or less, is better. */
export interface Chart {
  readonly better: "more" | "less";
  readonly groups: readonly Group[];
}

/** Rates and latencies that were compared with the base. Losses and CPU costs are only in the table. */
export function charts(report: Report): readonly Chart[] {
  const drawn = report.metrics.filter(({ better, unit }) => better === "more" || unit === "µs");
  return (["more", "less"] as const)
    .map((better) => ({
      better,
      groups: drawn
        .filter((metric) => metric.better === better)
        .map(({ key, title }) => ({ title, bars: bars(report, key) }))
        .filter((group) => group.bars.length > 0),
    }))
    .filter(({ groups }) => groups.length > 0);
}

function bars({ ratios, goals, base }: Report, key: string): Bar[] {
  return Object.entries(ratios).flatMap(([contender, byMetric]) => {
    const ratio = byMetric[key]?.median ?? null;
    const goal = goals.find((it) => it.contender === contender && it.metric === key && it.of === base);
    return ratio === null ? [] : [{ contender, ratio, goal }];
  });
}

/** Goals that no bar can show: for values, and for ratios to a contender other than the base. */
export function otherGoals({ goals, base }: Report): readonly GoalOutcome[] {
  return goals.filter(({ of, measured }) => of !== base && measured !== null);
}
