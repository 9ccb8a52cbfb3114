import { bound, goalSentence, verdict } from "./goal-sentences.ts";
import { short } from "./numbers.ts";
import type { Report } from "./report.ts";

/** What a table shows besides. */
export interface TableOptions {
  /** The goals: beside each ratio to the base, and all of them beneath. */
  readonly goals?: boolean;
}

/** The report as a table for people: medians, and ratios to the base in brackets. */
export function table(report: Report, { goals = false }: TableOptions = {}): string {
  const names = Object.keys(report.results);
  const rows = report.metrics
    .filter(({ key }) => names.some((name) => key in report.results[name]))
    .map(({ key, title, unit }) => [`${title} [${unit}]`, ...names.map((name) => cell(report, name, key, goals))]);
  const lines = align([["", ...names], ...rows]);
  const { cpu, cores, kernel, node } = report.machine;
  return [
    `${report.bench}: medians of ${report.rounds} interleaved rounds, ${report.seconds} s each`,
    `${report.date}, ${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}`,
    report.versions.join("; "),
    ...(report.base === null ? [] : [`In brackets: ratio to ${report.base} in the same round, median.`]),
    "",
    ...lines,
    ...(goals ? goalLines(report) : []),
    ...report.failures.map((it) => `FAILED in round ${it.round}: ${it.translator}, ${it.probe}: ${it.reason}`),
    "",
  ].join("\n");
}

function cell(report: Report, name: string, key: string, goals: boolean): string {
  const value = report.results[name][key]?.median;
  if (value === undefined || value === null) return "–";
  const ratio = report.ratios[name]?.[key]?.median;
  const asked = report.goals.find(
    ({ contender, metric, of }) => goals && contender === name && metric === key && (of === report.base || of === null),
  );
  const goal = asked === undefined ? [] : [`goal ${bound(asked)}: ${verdict(asked)}`];
  const brackets = [...(ratio === undefined || ratio === null ? [] : [short(ratio)]), ...goal];
  return brackets.length === 0 ? short(value) : `${short(value)} (${brackets.join(", ")})`;
}

function goalLines({ goals, metrics }: Report): string[] {
  const count = (met: boolean | null): number => goals.filter((goal) => goal.met === met).length;
  return [
    "",
    `Goals: ${count(true)} met, ${count(false)} missed, ${count(null)} not measured`,
    ...goals.map((goal) => `  ${goalSentence(goal, metrics)}`),
  ];
}

/** Pads the cells of each column to one width; the first column to the left. */
export function align(rows: readonly string[][]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join("  "),
  );
}
