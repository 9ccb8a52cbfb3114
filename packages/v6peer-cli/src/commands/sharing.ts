/** The command lines of `v6peer prefixes` and `v6peer dns64`. */
import { isHttpUrl, MOST_ACTIVE, refuseTarget } from "@nat64/v6peer-daemon/config";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Dns64Server, SERVERS } from "../dns64/servers/index.ts";
import type { Output } from "../output.ts";
import { printDns64, watchDns64 } from "./dns64.ts";
import { prefixes } from "./prefixes.ts";

/** Options that several commands of `v6peer` have. */
export interface CommonOptions {
  readonly config: () => Option;
  readonly socket: () => Option;
  readonly json: () => Option;
}

const NAMES = Object.keys(SERVERS) as readonly Dns64Server["name"][];

/** Adds both commands. `done` gets the exit code. */
export function addSharingCommands(
  program: Command,
  common: CommonOptions,
  output: Output,
  done: (exitCode: number) => void,
): void {
  program
    .command("prefixes")
    .description(
      "list the prefixes that are shared, with their health as the coordinator says and as it is seen from here",
    )
    .addOption(common.config())
    .addOption(common.socket())
    .addOption(common.json())
    .addOption(listUrl())
    .addOption(target())
    .option("--no-probe", "send nothing through the prefixes")
    .option("-n, --limit <count>", "at most so many", parseLimit, 64)
    .action(async (options) => done(await prefixes(options, output)));

  const dns64 = program
    .command("dns64")
    .description(
      "configure a DNS64 with the own prefix and those of trusted identities, and keep it at those that work",
    );
  const withPrefixes = (command: Command): Command =>
    command
      .addOption(common.config())
      .addOption(common.socket())
      .addOption(common.json())
      .addOption(repeated("-p, --prefix <prefix>", "use this NAT64 prefix, too"))
      .addOption(repeated("-t, --trust <id[=prefix]>", "use the prefix of this IPv6 peer, as the list or you say it"))
      .addOption(listUrl())
      .option("--active <count>", `so many prefixes at once, 1 to ${MOST_ACTIVE}`, parseActive)
      .addOption(target())
      .option("-i, --interface <name>", "where radvd advertises", parseInterface);
  for (const name of NAMES) {
    withPrefixes(dns64.command(name).description(`print configuration for ${name}`))
      .option("--no-probe", "take the preferred prefixes without a look at them")
      .action(async (options) => done(await printDns64(name, options, output)));
  }
  withPrefixes(
    dns64.command("watch").description("probe again and again, keep a file of the server current, and reload it"),
  )
    .argument("<server>", NAMES.join(", "), parseServer)
    .option("-f, --file <path>", `the file to write (default: ${NAMES.map((name) => SERVERS[name].file).join(", ")})`)
    .option(
      "--check <command>",
      "fails if the server's configuration is wrong; \"\" for none (default: the server's own)",
    )
    .option("--reload <command>", 'makes the server read the file; "" for none (default: the server\'s own)')
    .option("--once", "only until the file is right; 1 if no prefix works")
    .action(async (name, options) => done(await watchDns64(name, options, output)));
}

function repeated(flags: string, description: string): Option {
  return new Option(flags, `${description}; may be repeated`).argParser(
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
}

function listUrl(): Option {
  return new Option("--list <url>", "the coordinator's list of prefixes (default: v6peerd is asked)").argParser(
    (value: string) => {
      if (isHttpUrl(value)) return value;
      throw new InvalidArgumentError("Expected a URL such as https://coordinator.example.net/prefixes.");
    },
  );
}

function target(): Option {
  const text = "an IPv4 host that takes TCP connections, to be tried through prefixes; may be repeated";
  return new Option("--target <address:port>", text).argParser(
    (value: string, before: readonly string[] | undefined) => {
      // Whether a laboratory's addresses will do is not known here; none harms anybody but whoever typed it.
      const problem = tryRefuse(value);
      if (problem !== undefined) throw new InvalidArgumentError(problem);
      return [...(before ?? []), value];
    },
  );
}

function tryRefuse(value: string): string | undefined {
  try {
    return refuseTarget(value, true);
  } catch (error) {
    return (error as Error).message;
  }
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

function parseActive(text: string): number {
  return parseWhole(text, 1, MOST_ACTIVE);
}

function parseLimit(text: string): number {
  return parseWhole(text, 1, 1024);
}

function parseWhole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
}
