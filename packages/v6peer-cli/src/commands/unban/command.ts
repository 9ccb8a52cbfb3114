import { jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { configOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer unban`. */
export function addUnban(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("unban")
    .description("Lift one ban.")
    .argument("<target>", "The target of the ban, as v6peer bans lists it.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nOther bans that overlap with it stay, and are named. Exit codes: 0 lifted; 1 there is no such ban.",
    )
    .action(async (target, options) => {
      const { unban } = await import("./unban.ts");
      done(await unban(target, options, output));
    });
}
