import { wholeNumber } from "@nat64/daemon-kit/command-line";
import { type Command, InvalidArgumentError } from "commander";
import { configOption, jsonLinesOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";
import { DEFAULT_DRAIN_SECONDS, MAX_DRAIN_SECONDS } from "./time-limit.ts";

/** Adds `v6peer drain`. */
export function addDrain(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("drain")
    .description(
      "Shut down gracefully: refuse new sessions, let open ones finish, then stop v6peerd (or retire a single exit).",
    )
    .argument("[exit]", "Local, or the number, selector or peer id of a peer exit (default: everything).", parseExit)
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonLinesOption())
    .option(
      "--within <seconds>",
      `Reset the remaining sessions after this time, at most ${MAX_DRAIN_SECONDS} (default: ${DEFAULT_DRAIN_SECONDS}).`,
      wholeNumber(0, MAX_DRAIN_SECONDS, "seconds"),
    )
    .option("--detach", "Return at once instead of waiting for the end.")
    .option("--cancel", "Cancel the drain.")
    .addHelpText(
      "after",
      "\nThe drain continues when you interrupt this command or reload v6peerd. A restart of v6peerd ends it.\n" +
        "Exit codes: 0 drained, or cancelled with --cancel; 1 refused, or cancelled by another command.",
    )
    .action(async (exit, options) => {
      const { drain } = await import("./drain.ts");
      done(await drain(exit, options, output));
    });
}

function parseExit(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("Expected local, or the number, selector or peer id of a peer exit.");
}
