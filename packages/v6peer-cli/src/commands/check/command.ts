import { jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { configOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer check`. */
export function addCheck(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("check")
    .description("Check the configuration and this host for anything that would stop v6peerd from working.")
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => {
      const { check } = await import("./check.ts");
      done(await check(options, output));
    });
}
