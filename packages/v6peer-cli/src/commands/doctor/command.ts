import { isIPv6 } from "node:net";
import { jsonOption } from "@nat64/daemon-kit/command-line";
import { type Command, InvalidArgumentError } from "commander";
import { configOption, repeatableOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer doctor`. */
export function addDoctor(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("doctor")
    .description("Diagnose problems: everything `check` tests, plus the running daemon and live test packets.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .option("--no-probe", "Send no test packets from the prefix or towards the relay, and change nothing on this host.")
    .option(
      "--target <address>",
      "Send the test packets to this host (default: the coordinator, or a root name server).",
      parseTarget,
    )
    .addOption(
      repeatableOption("--resolver <address>", "Ask this resolver for its DNS64 prefix (default: those of this host)."),
    )
    .addHelpText(
      "after",
      "\nFor a few seconds, doctor adds an address of the prefix to the loopback interface and an nftables table that\n" +
        "only counts packets. It removes both at the end. It sends about 30 small packets to the target.\n" +
        "Each finding has a code; docs/doctor.md explains it and says what to do.\n" +
        "Exit codes: 0 no warnings and no errors; 1 at least one warning or error.",
    )
    .action(async (options) => {
      const { doctor } = await import("./doctor.ts");
      done(await doctor(options, output));
    });
}

function parseTarget(text: string): string {
  if (isIPv6(text) && !text.includes("%")) return text;
  throw new InvalidArgumentError("Expected an IPv6 address.");
}
