import { checkAll, type Finding } from "@nat64/v6peer-daemon/check";
import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import { ExitCode } from "../exit.ts";
import { type Output, writeJson } from "../output.ts";

/** `v6peer check`: 0 when nothing keeps v6peerd from working, 1 otherwise. */
export async function check(
  options: { readonly config?: string; readonly json?: true },
  output: Output,
): Promise<number> {
  const findings = await checkAll(options.config ?? DEFAULT_CONFIG_PATH);
  if (options.json) writeJson(output, { findings });
  else for (const finding of findings) writeFinding(finding, output);
  const count = (severity: Finding["severity"]) => findings.filter((each) => each.severity === severity).length;
  if (!options.json) output.line(`\n${count("ok")} ok, ${count("warn")} to think about, ${count("error")} wrong`);
  return count("error") > 0 ? ExitCode.finding : ExitCode.ok;
}

function writeFinding({ severity, message, advice }: Finding, { line, colors }: Output): void {
  const mark = { ok: colors.green("ok   "), warn: colors.yellow("warn "), error: colors.red("error") }[severity];
  line(`${mark}  ${message}`);
  if (advice !== undefined) line(`       ${colors.dim(advice)}`);
}
