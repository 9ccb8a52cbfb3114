import { isIPv6 } from "node:net";
import { type Command, InvalidArgumentError, type Option } from "commander";
import { doctor } from "../commands/doctor.ts";
import type { Output } from "../output.ts";

/** Options that other commands have, too. */
interface SharedOptions {
  readonly config: () => Option;
  readonly socket: () => Option;
  readonly json: () => Option;
}

/** Adds `v6peer doctor`. */
export function addDoctor(program: Command, shared: SharedOptions, output: Output, done: (code: number) => void): void {
  program
    .command("doctor")
    .description("find out what is wrong: all that check looks at, the running v6peerd, and what packets tell")
    .addOption(shared.config())
    .addOption(shared.socket())
    .addOption(shared.json())
    .option("--no-probe", "send no packets from the prefix and towards the relay, and change nothing on this host")
    .option(
      "--target <address>",
      "ask this host from the prefix (default: the coordinator, or a root name server)",
      parseTarget,
    )
    .option(
      "--resolver <address>",
      "ask this resolver for its DNS64 prefix; may be repeated (default: those of this host)",
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .addHelpText(
      "after",
      "\nFor some seconds it has an address of the prefix on the loopback interface and a table of nftables that only\n" +
        "counts; both go away at the end. Some thirty small packets are sent to the target.\n" +
        "Each finding has a code; docs/doctor.md says what it means and what to do.\n" +
        "Exit codes: 0 nothing worse than info, 1 something to think about or wrong.",
    )
    .action(async (options) => done(await doctor(options, output)));
}

function parseTarget(text: string): string {
  if (isIPv6(text) && !text.includes("%")) return text;
  throw new InvalidArgumentError("Expected an IPv6 address.");
}
