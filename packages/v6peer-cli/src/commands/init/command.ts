import { inviteOf, inviteOption, parsePath } from "@nat64/daemon-kit/command-line";
import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import { type Command, Option } from "commander";
import type { Output } from "../../output/output.ts";

/** Adds `v6peer init`. */
export function addInit(program: Command, output: Output, done: (exitCode: number) => void): void {
  const several = (value: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    ...value.split(","),
  ];
  program
    .command("init")
    .description("Create a configuration for v6peerd: ask, and propose answers from this host's addresses and routes.")
    .option("-c, --config <file>", "The file to write.", parsePath, DEFAULT_CONFIG_PATH)
    .option("-y, --yes", "Ask nothing; use the options, and the proposals for everything else.")
    .option("-f, --force", "Replace an existing file; it is kept as FILE.old.")
    .option("-n, --dry-run", "Print the file instead of writing it.")
    .option("--json", "Print JSON; ask nothing, as with --yes.")
    .option("--prefix <prefix>", "The /80 of your routed IPv6 prefix.")
    .addOption(new Option("--exits <kind>", "Where IPv4 traffic leaves.").choices(["local", "peers", "both"]))
    .addOption(
      new Option("--pool <blocks>", "IPv4 addresses routed to this host (default: masquerade).").argParser(several),
    )
    .option(
      "--coordinator <host[:port]>",
      "The coordinator that pairs you with IPv4 peers; there is no public one yet.",
    )
    .option("--pin <pin>", "SHA-256 pin of the coordinator's key (from nat64-coordinator --print-pin).")
    .option("--ca <file>", "CA certificate file, as an alternative to --pin.", parsePath)
    .addOption(inviteOption())
    .option("--abuse <contact>", "Complaint contact: an e-mail address or URL; required with a coordinator.")
    .option("--listed", "List the prefix publicly.")
    .addOption(
      new Option("--relay <kind>", "The Teredo relay to use (default: system).").choices(["system", "builtin"]),
    )
    .option("--relay-address <address>", "Public IPv4 address of this host, for the built-in relay.")
    .option("--bandwidth <rate>", "Bandwidth limit for each direction, such as 100M (default: no limit).")
    .option("--lab", "Allow documentation prefixes, for a lab.")
    .addHelpText(
      "after",
      "\nWrites a valid v6peerd configuration with mode 0640. An existing file is never overwritten without --force.\n" +
        "Exit codes: 0 written or printed; 1 cancelled; 64 an invalid answer, or the file exists.",
    )
    .action(async (options) => {
      const { init } = await import("./init.ts");
      const invite = options.coordinator === undefined ? options.inviteFile : inviteOf(options);
      done(await init({ ...options, ...(invite !== undefined && { invite }) }, output));
    });
}
