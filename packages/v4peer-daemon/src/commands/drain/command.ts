/** `v4peer drain`. */
import { ExitCode, jsonOption, wholeNumber } from "@nat64/daemon-kit/command-line";
import { MAX_DRAIN_SECONDS } from "@nat64/peer-protocol";
import type { Command } from "commander";
import { addDaemonOptions, type DaemonOptions, withDaemon } from "../../command-line/daemon-options.ts";
import { showProgress } from "./progress.ts";
import { watchDrain } from "./watch.ts";

/** Seconds that a drain gives open connections by default. */
const DEFAULT_WITHIN_SECONDS = 60;

interface DrainOptions extends DaemonOptions {
  readonly within: number;
  readonly detach?: true;
  readonly json?: true;
}

/** Adds the command. */
export function addDrain(program: Command, done: (exitCode: number) => void): void {
  addDaemonOptions(program.command("drain"))
    .description("Shut down gracefully: take no new pairs, give open connections time to end, then stop v4peer.")
    .option(
      "--within <seconds>",
      `Time for open connections to end, up to ${MAX_DRAIN_SECONDS} seconds.`,
      wholeNumber(0, MAX_DRAIN_SECONDS, "seconds"),
      DEFAULT_WITHIN_SECONDS,
    )
    .option("--detach", "Return at once instead of showing progress until the end.")
    .addOption(jsonOption("Print a JSON object on each line."))
    .addHelpText("after", "\nThe drain continues when this command is interrupted.")
    .action(async (options: DrainOptions) => done(await drain(options)));
}

function drain(options: DrainOptions): Promise<number> {
  const json = options.json === true;
  return withDaemon(options, async (client) => {
    const { endsIn, pairs } = await client.drain({ within: options.within });
    showProgress({ state: "draining", endsIn, pairs }, json);
    if (options.detach) return ExitCode.ok;
    for await (const progress of watchDrain(client)) showProgress(progress, json);
    showProgress({ state: "ended" }, json);
    return ExitCode.ok;
  });
}
