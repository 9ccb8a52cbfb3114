/** Findings for people and programs: what `check` and `doctor` have in common. */
import type { Finding, Severity } from "@nat64/v6peer-daemon/check";
import { type Output, writeJson } from "./output.ts";

/** Writes all findings and how many there are of each kind. */
export function writeFindings(findings: readonly Finding[], json: boolean, output: Output): void {
  if (json) {
    writeJson(output, { findings });
    return;
  }
  for (const finding of findings) writeFinding(finding, output);
  const count = (severity: Severity) => findings.filter((each) => each.severity === severity).length;
  const infos = count("info") === 0 ? "" : `${count("info")} to know, `;
  output.line(`\n${count("ok")} ok, ${infos}${count("warn")} to think about, ${count("error")} wrong`);
}

function writeFinding({ code, severity, message, advice }: Finding, { line, colors }: Output): void {
  const mark = {
    ok: colors.green("ok   "),
    info: colors.cyan("info "),
    warn: colors.yellow("warn "),
    error: colors.red("error"),
  }[severity];
  // Who has to do something about it may look the code up.
  line(`${mark}  ${message}${severity === "ok" ? "" : colors.dim(` [${code}]`)}`);
  if (advice !== undefined) line(`       ${colors.dim(advice)}`);
}

/** Whether one of them is as bad as this, or worse. */
export function hasAtLeast(least: "warn" | "error", findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error" || severity === least);
}
