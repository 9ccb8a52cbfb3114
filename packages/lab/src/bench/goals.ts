/** Goals for our own columns, and whether a measurement reached them. */
import { ratios, type Series, series } from "./stats.ts";

/** A bound for the median of a metric, or for its ratio to another contender's value of the same rounds. */
export interface Goal {
  /** Whose. */
  readonly contender: string;
  /** The key of the metric. */
  readonly metric: string;
  /** The contender whose value is the divisor. `null`: the value itself, in its metric's unit. */
  readonly of: string | null;
  readonly kind: "at least" | "at most";
  readonly bound: number;
}

/** A goal and its measurement. */
export interface GoalOutcome extends Goal {
  /** `null` when it was not measured. */
  readonly measured: number | null;
  /** `null` when it was not measured. */
  readonly met: boolean | null;
}

type Results = Readonly<Record<string, Readonly<Record<string, Series>>>>;

/** Goals that differ only in their metric. */
function goals(contender: string, kind: Goal["kind"], bound: number, of: string | null, metrics: string[]): Goal[] {
  return metrics.map((metric) => ({ contender, metric, of, kind, bound }));
}

const TCP_1 = ["tcp-1-up", "tcp-1-down"];
const TCP_4 = ["tcp-4-up", "tcp-4-down"];
const UDP_64 = ["udp-64-up", "udp-64-down"];
const P50 = ["ping-pong-p50", "ping-pong-paced-p50"];
const P99 = ["ping-pong-p99", "ping-pong-paced-p99"];

/** The goals of each bench. */
export const GOALS: Readonly<Record<string, readonly Goal[]>> = {
  local: [
    ...goals("ours", "at least", 0.85, "kernel", TCP_1),
    ...goals("ours", "at least", 0.45, "kernel", TCP_4),
    ...goals("ours", "at least", 0.8, "kernel", ["udp-64-up"]),
    ...goals("ours", "at most", 1.0, "kernel", P50),
    ...goals("ours", "at most", 1.2, "kernel", P99),
    ...goals("ours", "at most", 2, null, ["idle-cpu"]),
    ...goals("ours", "at least", 0.9, "kernel", ["connections-64"]),
    ...goals("ours", "at most", 0.5, null, ["tcp-1-up-cpu", "tcp-1-down-cpu"]),
  ],
  peer: [
    ...goals("ours", "at least", 0.75, "kernel", TCP_1),
    ...goals("ours", "at least", 10, "miredo", TCP_1),
    ...goals("ours-no-uso", "at least", 0.25, "kernel", TCP_1),
    ...goals("ours-miredo-cone", "at least", 1.2, "miredo", TCP_1),
    ...goals("ours", "at least", 1.0, "kernel", UDP_64),
    ...goals("ours", "at least", 2, "miredo", UDP_64),
    ...goals("ours", "at most", 1.0, "kernel", P50),
    ...goals(
      "ours",
      "at most",
      0.7,
      null,
      TCP_1.flatMap((tcp) => [`${tcp}-cpu-v6peer`, `${tcp}-cpu-v4peer`]),
    ),
  ],
};

/** Compares results with goals, in the order of the goals. */
export function outcomes(wanted: readonly Goal[], results: Results): GoalOutcome[] {
  return wanted.map((goal) => {
    const measured = measure(goal, results);
    const met = measured === null ? null : goal.kind === "at least" ? measured >= goal.bound : measured <= goal.bound;
    return { ...goal, measured, met };
  });
}

function measure({ contender, metric, of }: Goal, results: Results): number | null {
  const values = results[contender]?.[metric] ?? series([]);
  if (of === null) return values.median;
  return ratios(values, results[of]?.[metric] ?? series([])).median;
}
