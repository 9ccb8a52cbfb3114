import { ExitCode } from "@nat64/daemon-kit/command-line";
import { ConfigFileError, readConfigFile } from "@nat64/daemon-kit/config";
import { checkAll } from "@nat64/v6peer-daemon/check";
import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import { hasAtLeast, writeFindings } from "../../output/findings.ts";
import type { Output } from "../../output/output.ts";

/**
 * `v6peer check`: 0 if nothing stops v6peerd from working, 1 if something does, 78 if the configuration cannot be read at
 * all. Also then the host is checked.
 */
export async function check(
  options: { readonly config?: string; readonly json?: true },
  output: Output,
): Promise<number> {
  const path = options.config ?? DEFAULT_CONFIG_PATH;
  const findings = await checkAll(path);
  writeFindings(findings, options.json === true, output);
  if (!isReadable(path)) return ExitCode.config;
  return hasAtLeast("error", findings) ? ExitCode.failed : ExitCode.ok;
}

function isReadable(path: string): boolean {
  try {
    readConfigFile(path);
    return true;
  } catch (error) {
    if (error instanceof ConfigFileError) return false;
    throw error;
  }
}
