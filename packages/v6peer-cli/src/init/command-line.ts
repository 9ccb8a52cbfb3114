import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import { type Command, Option } from "commander";
import type { Output } from "../output.ts";

/** Adds `v6peer init`. */
export function addInit(program: Command, output: Output, done: (code: number) => void): void {
  const several = (value: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    ...value.split(","),
  ];
  program
    .command("init")
    .description("write a configuration for v6peerd: asks, with proposals from this host's addresses and routes")
    .option("-c, --config <file>", "where to write it", DEFAULT_CONFIG_PATH)
    .option("-y, --yes", "ask nothing: options and proposals are the answers")
    .option("-f, --force", "replace a file that is there; it is kept as FILE.old")
    .option("-n, --dry-run", "show what would be written, and write nothing")
    .option("--json", "as JSON, for programs; asks nothing, as with --yes")
    .option("--prefix <prefix>", "the /80 of your routed IPv6 prefix")
    .addOption(new Option("--exits <kind>", "where IPv4 traffic leaves").choices(["local", "peers", "both"]))
    .addOption(
      new Option("--pool <blocks>", "IPv4 addresses that are routed here (default: masquerade)").argParser(several),
    )
    .option("--coordinator <host[:port]>", "who brings peers together; none is public yet")
    .option("--pin <pin>", "the coordinator's key, as nat64-coordinator --print-pin says")
    .option("--ca <file>", "or the CA that vouches for it")
    .option("--invite <text>", "where the coordinator asks for one")
    .option("--abuse <contact>", "where to complain: an e-mail address or URL; needed with a coordinator")
    .option("--listed", "list the prefix publicly")
    .addOption(new Option("--relay <kind>", "which Teredo relay (default: system)").choices(["system", "builtin"]))
    .option("--relay-address <address>", "public IPv4 address of this host, for the built-in relay")
    .option("--bandwidth <rate>", "what may be used each way, such as 100M (default: no limit)")
    .option("--lab", "allow documentation prefixes: for laboratories")
    .addHelpText(
      "after",
      "\nThe file is one that v6peerd takes, has mode 0640, and replaces none unasked.\n" +
        "Exit codes: 0 written or shown, 1 cancelled, 64 a wrong answer or a file that is there already.",
    )
    .action(async (options) => {
      // What asks questions is loaded by who asks some.
      const { init } = await import("../commands/init.ts");
      done(await init(options, output));
    });
}
