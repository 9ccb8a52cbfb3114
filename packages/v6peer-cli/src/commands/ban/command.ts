import { describeBanCommand } from "@nat64/daemon-kit/bans";
import type { Command } from "commander";
import { configOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer ban`. */
export function addBan(program: Command, output: Output, done: (exitCode: number) => void): void {
  const targets =
    "An IPv6 client or prefix, an IPv4 destination or block, an IPv4 peer (peer id, or number or selector of its exit), or an address of the pool.";
  describeBanCommand(program.command("ban"), targets)
    .description("Refuse clients, IPv4 destinations or exits, at once and until the time is over.")
    .addOption(configOption())
    .addOption(socketOption())
    .addHelpText(
      "after",
      "\nOpen sessions end at once. Clients are told (ICMPv6: administratively prohibited). Bans survive restarts.\n" +
        "The audit log records who banned what, and why. Exit codes: 0 banned; 1 refused.",
    )
    .action(async (target, options) => {
      const { ban } = await import("./ban.ts");
      done(await ban(target, options, output));
    });
}
