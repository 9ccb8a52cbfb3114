import { wholeNumber } from "@nat64/daemon-kit/command-line";
import { type Command, Option } from "commander";
import { configOption, jsonLinesOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer sessions`. */
export function addSessions(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("sessions")
    .description("List sessions: client, pool address, destination, state, time left.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonLinesOption())
    .option("-n, --limit <count>", "List at most COUNT sessions.", wholeNumber(1, 1_000_000), 1000)
    .addOption(new Option("--protocol <name>", "Only this protocol.").choices(["tcp", "udp", "icmp"]))
    .option("--client <address>", "Only this client, or the clients in this IPv6 prefix.")
    .option("--destination <address>", "Only sessions to this IPv4 address.")
    .action(async (options) => {
      const { sessions } = await import("./sessions.ts");
      done(await sessions(options, output));
    });
}
