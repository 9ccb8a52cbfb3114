import { jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { configOption, socketOption, watchOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer status`. */
export function addStatus(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("status")
    .description("Show what v6peerd is doing.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .addOption(watchOption())
    .action(async (options) => {
      const { status } = await import("./status.ts");
      done(await status(options, output));
    });
}
