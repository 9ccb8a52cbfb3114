import { jsonOption, wholeNumber } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { configOption, socketOption } from "../../options/common.ts";
import { listOption, targetOption } from "../../options/prefixes.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer prefixes`. */
export function addPrefixes(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("prefixes")
    .description(
      "List the shared prefixes and their health, as reported by the coordinator and as measured from this host.",
    )
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .addOption(listOption())
    .addOption(targetOption())
    .option("--no-probe", "Do not probe the prefixes.")
    .option("-n, --limit <count>", "List at most COUNT prefixes.", wholeNumber(1, 1024), 64)
    .action(async (options) => {
      const { prefixes } = await import("./prefixes.ts");
      done(await prefixes(options, output));
    });
}
