import type { Command } from "commander";
import { configOption, jsonLinesOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer bans`. */
export function addBans(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("bans")
    .description("List the bans: target, since when and by whom, until when, and why.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonLinesOption())
    .action(async (options) => {
      const { bans } = await import("./bans.ts");
      done(await bans(options, output));
    });
}
