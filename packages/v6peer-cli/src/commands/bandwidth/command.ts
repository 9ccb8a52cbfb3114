import { jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { configOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer bandwidth`. */
export function addBandwidth(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("bandwidth")
    .description("Show the bandwidth limits of clients and their use, or change the limits while v6peerd runs.")
    .argument("[rate]", "Limit for each direction in bits per second, such as 50M; none for no limit.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .option("--up <rate>", "Limit only traffic from clients.")
    .option("--down <rate>", "Limit only traffic to clients.")
    .option("--reset", "Restore the rates of the configuration.")
    .option("--until-restart", "Discard the change when v6peerd restarts.")
    .addHelpText(
      "after",
      "\nThe rates stay in effect until you set others here or change them in the configuration.\n" +
        "Packets are counted on the client side, with their IP headers.",
    )
    .action(async (rate, options) => {
      const { bandwidth } = await import("./bandwidth.ts");
      done(await bandwidth(rate, options, output));
    });
}
