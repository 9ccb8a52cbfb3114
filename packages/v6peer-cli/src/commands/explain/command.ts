import { jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { configOption, repeatableOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer explain`. */
export function addExplain(program: Command, output: Output, done: (exitCode: number) => void): void {
  program
    .command("explain")
    .description(
      "Show the parts of an address: NAT64 prefix, selector, embedded IPv4 address, its class, Teredo fields.",
    )
    .argument("<address>", "An IPv6 or IPv4 address, or a name under ip6.arpa or in-addr.arpa.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .addOption(repeatableOption("-p, --prefix <prefix>", "Decode the address with this NAT64 prefix."))
    .option("-n, --names", "Look up the DNS names of the address and of the addresses in it.")
    .action(async (address, options) => {
      const { explain } = await import("./explain.ts");
      done(await explain(address, options, output));
    });
}
