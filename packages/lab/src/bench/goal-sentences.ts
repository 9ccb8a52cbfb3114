import type { GoalOutcome } from "./goals.ts";
import type { Metric } from "./metrics.ts";
import { short } from "./numbers.ts";

/** A bound as in `≥ 0.85`. */
export function bound({ kind, bound }: Pick<GoalOutcome, "kind" | "bound">): string {
  return `${kind === "at least" ? "≥" : "≤"} ${bound}`;
}

/** Whether the goal was reached, in one word. */
export function verdict({ met }: Pick<GoalOutcome, "met">): string {
  if (met === null) return "not measured";
  return met ? "met" : "missed";
}

/** The complete sentence: `TCP, 1 stream, up, ours: 13.2 × miredo, goal ≥ 10: met`. */
export function goalSentence(goal: GoalOutcome, metrics: readonly Metric[]): string {
  const { title, unit } = metrics.find(({ key }) => key === goal.metric) ?? { title: goal.metric, unit: "" };
  const per = goal.of === null ? ` ${unit}` : ` × ${goal.of}`;
  const measured = goal.measured === null ? "" : `${short(goal.measured)}${per}, `;
  return `${title}, ${goal.contender}: ${measured}goal ${bound(goal)}${goal.measured === null ? per : ""}: ${verdict(goal)}`;
}
