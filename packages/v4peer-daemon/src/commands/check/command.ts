/** `v4peer check`. */
import { ExitCode, jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { addConfigOptions, type ConfigOptions, loadFromOptions } from "../../command-line/config-options.ts";
import { checkAll } from "./check-all.ts";

interface CheckOptions extends ConfigOptions {
  readonly json?: true;
}

/** Adds the command. */
export function addCheck(program: Command, done: (exitCode: number) => void): void {
  addConfigOptions(program.command("check"))
    .description(
      "Check the configuration, this host and the coordinator for anything that would stop run from working.",
    )
    .addOption(jsonOption())
    .addHelpText("after", "\nTakes the same options as run, and changes nothing. Exits with 1 when it finds a problem.")
    .action(async (options: CheckOptions) => done(await check(options)));
}

async function check(options: CheckOptions): Promise<number> {
  const findings = await checkAll(loadFromOptions(options));
  const text = findings.map(({ ok, what, detail }) => `${ok ? "ok  " : "BAD "} ${what}: ${detail}\n`).join("");
  process.stdout.write(options.json ? `${JSON.stringify(findings, null, 2)}\n` : text);
  return findings.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.failed;
}
