import { jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { configOption, socketOption, watchOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer exits`. */
export function addExits(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("exits")
    .description("List the peer exits: path state, round-trip time, loss, sessions, selector, IPv4 peer.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .addOption(watchOption())
    .action(async (options) => {
      const { exits } = await import("./exits.ts");
      done(await exits(options, output));
    });
}
