/** An attack's report for people. */
import { short } from "../bench/numbers.ts";
import { align } from "../bench/table.ts";
import type { Column } from "./attack.ts";
import type { Window } from "./honest-client.ts";
import type { LimitOutcome } from "./kept.ts";
import type { AttackReport } from "./report.ts";

/** The table, the limits, what was refused, and the verdict. */
export function textOf(report: AttackReport): string {
  const { cpu, cores, kernel, node } = report.machine;
  const rate = report.rate === null ? "" : `, ${rateText(report)}`;
  return [
    `${report.attack}: ${report.title}`,
    `${report.seconds} s${rate}`,
    `${report.date}, ${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}; ${report.versions.join("; ")}`,
    "",
    ...(report.columns.length === 0 ? [] : [...tableOf(report.columns), ""]),
    ...report.limits.map((limit) => `  ${limitText(limit)}`),
    ...report.columns.flatMap(({ counters }) => Object.entries(counters).map(([key, value]) => `  ${key} ${value}`)),
    ...report.notes.map((note) => `  ${note}`),
    "",
    verdictOf(report),
    "",
  ].join("\n");
}

/** One sentence. */
export function verdictOf({ attack, limits, columns, kept }: AttackReport): string {
  if (kept) return `${attack}: the honest client keeps its service.`;
  const missed = limits.filter(({ met }) => !met).map(limitText);
  const after = columns.find(({ name }) => name === "ours")?.shutOutAfter ?? null;
  const shutOut = after === null ? "" : ` Most new connections fail from second ${after} on.`;
  return `${attack}: the honest client does NOT keep its service: ${missed.join("; ")}.${shutOut}`;
}

function rateText({ rate, columns }: AttackReport): string {
  const reached = columns
    .filter((column) => column.reached !== null)
    .map(({ name, reached }) => `${short(reached as number)} at ${name === "kernel" ? "the kernel" : name}`);
  const asked = rate === "max" ? "as many packets/s as one core sends" : `${rate} packets/s`;
  return reached.length === 0 ? asked : `${asked}; reached ${reached.join(", ")}`;
}

function limitText({ what, kind, bound, measured, unit, met }: LimitOutcome): string {
  const number = (value: number): string =>
    unit === "percent" ? `${(100 * value).toFixed(1)} %` : `${short(value)} ${unit}`.trim();
  const sign = kind === "at least" ? "≥" : "≤";
  return `${what}: ${measured === null ? "not measured" : number(measured)} (${sign} ${number(bound)}: ${met ? "kept" : "missed"})`;
}

function tableOf(columns: readonly Column[]): string[] {
  const rows: [string, (column: Column, window: Window) => string][] = [
    ["paced connection [Mbit/s]", (_, { bytes, seconds }) => short((8 * bytes) / seconds / 1e6)],
    ["new connections", (_, { connected, connections }) => `${connected} of ${connections}`],
    ["questions over UDP", (_, { answers, questions }) => `${answers} of ${questions}`],
    ["pings", (_, { pongs, pings }) => `${pongs} of ${pings}`],
    ["mean round trip [ms]", (_, { pingMs }) => (Number.isNaN(pingMs) ? "–" : short(pingMs))],
    ["CPU of the translator [%]", ({ cpu, during }, window) => (window === during && cpu !== null ? short(cpu) : "–")],
    ["CPU of the machine [%]", ({ machineCpu, during }, window) => (window === during ? short(machineCpu) : "–")],
    ["load average", ({ load, during }, window) => (window === during ? short(load) : "–")],
    ["paced connection broke", ({ breaks, during }, window) => (window === during ? `${breaks} times` : "–")],
  ];
  const head = columns.flatMap(({ name }) => [`${name}, before`, `${name}, attacked`]);
  const body = rows.map(([title, cell]) => [
    title,
    ...columns.flatMap((column) => [cell(column, column.before), cell(column, column.during)]),
  ]);
  return align([["", ...head], ...body]);
}
