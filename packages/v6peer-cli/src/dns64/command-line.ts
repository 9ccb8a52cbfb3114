import { MOST_ACTIVE } from "@nat64/v6peer-daemon/config";
import { type Command, InvalidArgumentError } from "commander";
import { printDns64, watchDns64 } from "../commands/dns64.ts";
import type { Output } from "../output.ts";
import { listUrl, repeated, type SharedOptions, target, wholeNumber } from "../prefixes/options.ts";
import { type Dns64Server, SERVERS } from "./servers/index.ts";

const NAMES = Object.keys(SERVERS) as readonly Dns64Server["name"][];

/** Adds `v6peer dns64` with a command for each server, and `watch`. */
export function addDns64(
  program: Command,
  shared: SharedOptions,
  output: Output,
  done: (exitCode: number) => void,
): void {
  const dns64 = program
    .command("dns64")
    .description(
      "configure a DNS64 with the own prefix and those of trusted identities, and keep it at those that work",
    );
  const withPrefixes = (command: Command): Command =>
    command
      .addOption(shared.config())
      .addOption(shared.socket())
      .addOption(shared.json())
      .addOption(repeated("-p, --prefix <prefix>", "use this NAT64 prefix, too"))
      .addOption(repeated("-t, --trust <id[=prefix]>", "use the prefix of this IPv6 peer, as the list or you say it"))
      .addOption(listUrl())
      .option("--active <count>", `so many prefixes at once, 1 to ${MOST_ACTIVE}`, wholeNumber(1, MOST_ACTIVE))
      .addOption(target())
      .option("-i, --interface <name>", "where radvd advertises", parseInterface);
  for (const name of NAMES) {
    withPrefixes(dns64.command(name).description(`print configuration for ${name}`))
      .option("--no-probe", "take the preferred prefixes without a look at them")
      .action(async (options) => done(await printDns64(name, options, output)));
  }
  const files = NAMES.map((name) => SERVERS[name].file).join(", ");
  withPrefixes(
    dns64.command("watch").description("probe again and again, keep a file of the server current, and reload it"),
  )
    .argument("<server>", NAMES.join(", "), parseServer)
    .option("-f, --file <path>", `the file to write (default: ${files})`)
    .option("--check <command>", 'fails if the server\'s configuration is wrong; "" for none (default: its own)')
    .option("--reload <command>", 'makes the server read the file; "" for none (default: its own)')
    .option("--once", "only until the file is right; 1 if no prefix works")
    .action(async (name, options) => done(await watchDns64(name, options, output)));
}

function parseServer(text: string): Dns64Server["name"] {
  const found = NAMES.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Expected one of ${NAMES.join(", ")}.`);
}

function parseInterface(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,14}$/.test(text)) return text;
  throw new InvalidArgumentError("Expected the name of a network interface.");
}
