/** `v6peer doctor` in a host of a lab. */
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

/** Runs it. */
export async function diagnose(host: Host, config: string, ...args: readonly string[]): Promise<Diagnosis> {
  const command = [...commandOf("@nat64/v6peer-cli", "v6peer"), "doctor", "--json", "--config", config, ...args];
  const { code, stdout, stderr } = await host.run(command);
  if (stdout === "") throw new Error(`v6peer doctor ended with ${code}: ${stderr}`);
  const { findings } = JSON.parse(stdout) as { findings: readonly Found[] };
  return {
    exitCode: code,
    findings,
    of: (wanted) => findings.flatMap((each) => (each.code === wanted ? [`${each.severity} ${each.message}`] : [])),
    troubles: findings.flatMap(({ code: each, severity }) => (["warn", "error"].includes(severity) ? [each] : [])),
  };
}
