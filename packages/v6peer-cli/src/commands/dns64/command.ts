import { jsonOption, parsePath, wholeNumber } from "@nat64/daemon-kit/command-line";
import { MAX_ACTIVE } from "@nat64/v6peer-daemon/config";
import { type Command, InvalidArgumentError } from "commander";
import { configOption, repeatableOption, socketOption } from "../../options/common.ts";
import { listOption, targetOption } from "../../options/prefixes.ts";
import type { Output } from "../../output/output.ts";
import { type Dns64Server, SERVERS } from "./servers/index.ts";

const NAMES = Object.keys(SERVERS) as readonly Dns64Server["name"][];

/** Adds `v6peer dns64` with a command for each server, and `watch`. */
export function addDns64(program: Command, output: Output, done: (exitCode: number) => void): void {
  const dns64 = program
    .command("dns64")
    .description(
      "Generate DNS64 configuration for this peer's prefix and the prefixes you trust, and keep only the working ones in it.",
    );
  const withPrefixes = (command: Command): Command =>
    command
      .addOption(configOption())
      .addOption(socketOption())
      .addOption(jsonOption())
      .addOption(repeatableOption("-p, --prefix <prefix>", "Also use this NAT64 prefix."))
      .addOption(
        repeatableOption("-t, --trust <id[=prefix]>", "Use the prefix of this IPv6 peer, from the list or as given."),
      )
      .addOption(listOption())
      .option("--active <count>", `Use at most COUNT prefixes at once, 1 to ${MAX_ACTIVE}.`, wholeNumber(1, MAX_ACTIVE))
      .addOption(targetOption())
      .option("-i, --interface <name>", "The interface on which radvd advertises.", parseInterface);
  for (const name of NAMES) {
    withPrefixes(dns64.command(name).description(`Print configuration for ${name}.`))
      .option("--no-probe", "Use the preferred prefixes without probing them.")
      .action(async (options) => {
        const { printDns64 } = await import("./print.ts");
        done(await printDns64(name, options, output));
      });
  }
  const files = NAMES.map((name) => SERVERS[name].file).join(", ");
  withPrefixes(
    dns64
      .command("watch")
      .description(
        "Probe the prefixes continuously, update the DNS server's file, and reload it when something changes.",
      ),
  )
    .argument("<server>", NAMES.join(", "), parseServer)
    .option("-f, --file <path>", `The file to write (default: ${files}).`, parsePath)
    .option("--check <command>", 'Command that checks the configuration of the server; "" for none (default: its own).')
    .option("--reload <command>", 'Command that makes the server reload the file; "" for none (default: its own).')
    .option("--once", "Update the file once and exit; 1 if no prefix works.")
    .action(async (name, options) => {
      const { watchDns64 } = await import("./watch.ts");
      done(await watchDns64(name, options, output));
    });
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
