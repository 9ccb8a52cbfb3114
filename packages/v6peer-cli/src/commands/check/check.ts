import { checkAll } from "@nat64/v6peer-daemon/check";
import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import { ExitCode } from "../../exit.ts";
import { hasAtLeast, writeFindings } from "../../output/findings.ts";
import type { Output } from "../../output/output.ts";

/** `v6peer check`: 0 when nothing keeps v6peerd from working, 1 otherwise. */
export async function check(
  options: { readonly config?: string; readonly json?: true },
  output: Output,
): Promise<number> {
  const findings = await checkAll(options.config ?? DEFAULT_CONFIG_PATH);
  writeFindings(findings, options.json === true, output);
  return hasAtLeast("error", findings) ? ExitCode.finding : ExitCode.ok;
}
