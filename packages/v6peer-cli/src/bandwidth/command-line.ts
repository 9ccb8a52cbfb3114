import type { Command, Option } from "commander";
import { bandwidth } from "../commands/bandwidth.ts";
import type { Output } from "../output.ts";

/** Options that other commands have, too. */
export interface SharedOptions {
  readonly config: () => Option;
  readonly socket: () => Option;
  readonly json: () => Option;
}

/** Adds `v6peer bandwidth`. */
export function addBandwidth(
  program: Command,
  shared: SharedOptions,
  output: Output,
  done: (code: number) => void,
): void {
  program
    .command("bandwidth")
    .description("show what clients may use and what they have used, or change it while v6peerd runs")
    .argument("[rate]", "bits per second each way, such as 50M; none for no limit")
    .addOption(shared.config())
    .addOption(shared.socket())
    .addOption(shared.json())
    .option("--up <rate>", "from clients only")
    .option("--down <rate>", "to clients only")
    .option("--reset", "back to the rates of the configuration")
    .option("--until-restart", "forget it when v6peerd starts anew")
    .addHelpText(
      "after",
      "\nRates that are set here hold until they are set again, or the configuration gets other ones.\n" +
        "Packets are counted at the clients' side, with their IP headers.",
    )
    .action(async (rate, options) => done(await bandwidth(rate, options, output)));
}
