/** `v4peer undo`. */
import { createLog, undoLeftovers } from "@nat64/daemon-kit/program";
import type { Command } from "commander";
import { addConfigOptions, type ConfigOptions, loadFromOptions } from "../../command-line/config-options.ts";
import { Daemon } from "../../daemon.ts";

/** Adds the command. */
export function addUndo(program: Command, done: (exitCode: number) => void): void {
  addConfigOptions(program.command("undo"))
    .description("Undo what a killed run has left on this host. The next run also does this.")
    .action((options: ConfigOptions) => done(undo(options)));
}

function undo(options: ConfigOptions): number {
  const load = () => loadFromOptions(options);
  const config = load();
  const log = createLog(config.log.level);
  return undoLeftovers(new Daemon(config, load, log), log);
}
