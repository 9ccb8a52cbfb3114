import type { Report } from "./report.ts";

/** The report as a table for people: medians, and ratios to the base in brackets. */
export function table(report: Report): string {
  const names = Object.keys(report.results);
  const rows = report.metrics
    .filter(({ key }) => names.some((name) => key in report.results[name]))
    .map(({ key, title, unit }) => [`${title} [${unit}]`, ...names.map((name) => cell(report, name, key))]);
  const lines = align([["", ...names], ...rows]);
  const { cpu, cores, kernel, node } = report.machine;
  return [
    `${report.bench}: medians of ${report.rounds} interleaved rounds, ${report.seconds} s each`,
    `${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}`,
    ...(report.base === null ? [] : [`In brackets: ratio to ${report.base} in the same round, median.`]),
    "",
    ...lines,
    ...report.failures.map((it) => `FAILED in round ${it.round}: ${it.translator}, ${it.probe}: ${it.reason}`),
    "",
  ].join("\n");
}

function cell(report: Report, name: string, key: string): string {
  const value = report.results[name][key]?.median;
  if (value === undefined || value === null) return "–";
  const ratio = report.ratios[name]?.[key]?.median;
  return ratio === undefined || ratio === null ? short(value) : `${short(value)} (${short(ratio)})`;
}

/** Three digits are all that a measurement like this is worth. */
function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

function align(rows: readonly string[][]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join("  "),
  );
}
