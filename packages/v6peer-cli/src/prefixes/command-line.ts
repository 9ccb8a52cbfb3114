import type { Command } from "commander";
import { prefixes } from "../commands/prefixes.ts";
import type { Output } from "../output.ts";
import { listUrl, type SharedOptions, target, wholeNumber } from "./options.ts";

/** Adds `v6peer prefixes`. */
export function addPrefixes(
  program: Command,
  shared: SharedOptions,
  output: Output,
  done: (exitCode: number) => void,
): void {
  program
    .command("prefixes")
    .description("list the shared prefixes, with their health as the coordinator says and as it is seen from here")
    .addOption(shared.config())
    .addOption(shared.socket())
    .addOption(shared.json())
    .addOption(listUrl())
    .addOption(target())
    .option("--no-probe", "send nothing through the prefixes")
    .option("-n, --limit <count>", "at most so many", wholeNumber(1, 1024), 64)
    .action(async (options) => done(await prefixes(options, output)));
}
