/** `v6peer doctor` in a host of a lab. */
import { readFileSync } from "node:fs";
import type { Host } from "../src/index.ts";
import { commandOf } from "../src/programs/daemon.ts";

/** One thing that it found. */
export interface Found {
  readonly code: string;
  readonly severity: "ok" | "info" | "warn" | "error";
  readonly message: string;
  readonly advice?: string;
}

/** What a run of it came to. */
export interface Diagnosis {
  readonly exitCode: number | null;
  readonly findings: readonly Found[];
  /** `severity message` of all findings with a code. */
  of(code: string): readonly string[];
  /** Codes of what is worse than info. */
  readonly troubles: readonly string[];
}

const LEVELS = ["ok", "info", "warn", "error"];
const PAGE = readFileSync(new URL("../../../docs/doctor.md", import.meta.url), "utf8");
/** The worst that each code can be, as docs/doctor.md has it. */
const WORST = new Map(
  [...PAGE.matchAll(/^\| <a id="[^"]+"><\/a>`([^`]+)` +\| (\w+) +\|/gm)].map(([, ...row]) => row as [string, string]),
);

/** Runs it. What it finds has to be in docs/doctor.md. */
export async function diagnose(host: Host, config: string, ...args: readonly string[]): Promise<Diagnosis> {
  const command = [...commandOf("@nat64/v6peer-cli", "v6peer"), "doctor", "--json", "--config", config, ...args];
  const { code, stdout, stderr } = await host.run(command);
  if (stdout === "") throw new Error(`v6peer doctor ended with ${code}: ${stderr}`);
  const { findings } = JSON.parse(stdout) as { findings: readonly Found[] };
  const unknown = findings.filter((each) => LEVELS.indexOf(each.severity) > LEVELS.indexOf(WORST.get(each.code) ?? ""));
  if (unknown.length > 0) throw new Error(`not as docs/doctor.md has it: ${JSON.stringify(unknown)}`);
  return {
    exitCode: code,
    findings,
    of: (wanted) => findings.flatMap((each) => (each.code === wanted ? [`${each.severity} ${each.message}`] : [])),
    troubles: findings.flatMap(({ code: each, severity }) => (["warn", "error"].includes(severity) ? [each] : [])),
  };
}
