import { ExitCode } from "@nat64/daemon-kit/command-line";
import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import type { DaemonOptions } from "../../daemon/connect.ts";
import { hasAtLeast, writeFindings } from "../../output/findings.ts";
import type { Output } from "../../output/output.ts";
import { examineAll } from "./examine-all.ts";

/** Options of `v6peer doctor`. */
export interface DoctorOptions extends DaemonOptions {
  readonly json?: true;
  readonly probe: boolean;
  readonly target?: string;
  readonly resolver?: readonly string[];
}

/** `v6peer doctor`: 0 if there are no warnings and no errors, 1 otherwise. */
export async function doctor(options: DoctorOptions, output: Output): Promise<number> {
  const { config = DEFAULT_CONFIG_PATH, socket, probe, target, resolver: resolvers = [], json = false } = options;
  if (!json && output.isTerminal) output.line(output.colors.dim("Probing; this takes a few seconds…\n"));
  const findings = await examineAll({ config, socket, probe, target, resolvers });
  writeFindings(findings, json, output);
  return hasAtLeast("warn", findings) ? ExitCode.failed : ExitCode.ok;
}
