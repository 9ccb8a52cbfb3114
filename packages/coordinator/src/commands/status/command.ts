/**
 * `nat64-coordinator status`. `v4peer status` has the same lines: only the types of its client and its text differ, and a function
 * for both would need all of these as arguments.
 */
import { ExitCode, jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { addDaemonOptions, type DaemonOptions, withDaemon } from "../../command-line/daemon-options.ts";
import { formatStatus } from "./status-text.ts";

interface StatusOptions extends DaemonOptions {
  readonly json?: true;
}

/** Adds the command. */
export function addStatus(program: Command, done: (exitCode: number) => void): void {
  addDaemonOptions(program.command("status"))
    .description("Show the state of the running coordinator: peers, pairs, and how full its tables are.")
    .addOption(jsonOption())
    .action(async (options: StatusOptions) => done(await status(options)));
}

function status(options: StatusOptions): Promise<number> {
  return withDaemon(options, async (client) => {
    const state = await client.status();
    process.stdout.write(options.json ? `${JSON.stringify(state, null, 2)}\n` : formatStatus(state));
    return ExitCode.ok;
  });
}
