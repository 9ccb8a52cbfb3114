/** The output of `check` and `doctor`: findings for people and programs. */
import type { Finding, Severity } from "@nat64/v6peer-daemon/check";
import { type Output, writeJson } from "./output.ts";

/** Writes all findings and a summary by severity. */
export function writeFindings(findings: readonly Finding[], json: boolean, output: Output): void {
  if (json) {
    writeJson(output, { findings });
    return;
  }
  for (const finding of findings) writeFinding(finding, output);
  const count = (severity: Severity) => findings.filter((each) => each.severity === severity).length;
  output.line(
    `\n${count("ok")} ok, ${count("info")} info, ${plural(count("warn"), "warning")}, ${plural(count("error"), "error")}`,
  );
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function writeFinding({ code, severity, message, advice }: Finding, { line, colors }: Output): void {
  const mark = {
    ok: colors.green("ok   "),
    info: colors.cyan("info "),
    warn: colors.yellow("warn "),
    error: colors.red("error"),
  }[severity];
  // docs/doctor.md explains the codes.
  line(`${mark}  ${message}${severity === "ok" ? "" : colors.dim(` [${code}]`)}`);
  if (advice !== undefined) line(`       ${colors.dim(advice)}`);
}

/** Whether a finding has at least this severity. */
export function hasAtLeast(least: "warn" | "error", findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error" || severity === least);
}
