import { type Command, InvalidArgumentError, Option } from "commander";
import { DEFAULT_DRAIN, drain } from "../commands/drain.ts";
import type { Output } from "../output.ts";

/** Seconds that a drain may take (PROTOCOL.md, `drain`). */
const LONGEST_DRAIN = 3600;

/** Options that other commands have, too. */
export interface SharedOptions {
  readonly config: () => Option;
  readonly socket: () => Option;
}

/** Adds `v6peer drain`. */
export function addDrain(program: Command, shared: SharedOptions, output: Output, done: (code: number) => void): void {
  program
    .command("drain")
    .description("let what runs end in peace and take nothing new: everything, then v6peerd ends; or one exit")
    .argument("[exit]", "local, or the number, selector or peer id of a peer exit (default: everything)", parseExit)
    .addOption(shared.config())
    .addOption(shared.socket())
    .addOption(new Option("--json", "as JSON, one object on each line"))
    .option(
      "--within <seconds>",
      `end what is left after so long, up to ${LONGEST_DRAIN} (default: ${DEFAULT_DRAIN})`,
      parseWithin,
    )
    .option("--detach", "come back at once instead of at the end")
    .option("--cancel", "take it back")
    .addHelpText(
      "after",
      "\nIt goes on when this command is interrupted, and over a reload; it is over with a restart of v6peerd.\n" +
        "Exit codes: 0 drained, or taken back as asked; 1 refused, or somebody has taken it back meanwhile.",
    )
    .action(async (exit, options) => done(await drain(exit, options, output)));
}

function parseExit(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("Expected local, or the number, selector or peer id of a peer exit.");
}

function parseWithin(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= LONGEST_DRAIN) return seconds;
  throw new InvalidArgumentError(`Expected whole seconds from 0 to ${LONGEST_DRAIN}.`);
}
