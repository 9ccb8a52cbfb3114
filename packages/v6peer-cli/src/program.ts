import { readFileSync } from "node:fs";
import { DEFAULT_SOCKET } from "@nat64/v6peer-daemon/client";
import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import { Command, InvalidArgumentError, Option } from "commander";
import { addAbuse } from "./abuse/command-line.ts";
import { addBandwidth } from "./bandwidth/command-line.ts";
import { check } from "./commands/check.ts";
import { exits } from "./commands/exits.ts";
import { explain } from "./commands/explain.ts";
import { sessions } from "./commands/sessions.ts";
import { status } from "./commands/status.ts";
import { addDns64 } from "./dns64/command-line.ts";
import { addDoctor } from "./doctor/command-line.ts";
import { addDrain } from "./drain/command-line.ts";
import { addInit } from "./init/command-line.ts";
import type { Output } from "./output.ts";
import { addPrefixes } from "./prefixes/command-line.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** The command line of `v6peer`. `done` gets the exit code of the command that ran. */
export function createProgram(output: Output, done: (exitCode: number) => void): Command {
  const program = new Command("v6peer")
    .description("Looks after an IPv6 peer: the daemon v6peerd, a NAT64 for everybody.")
    .version(`v6peer ${version}`, "-V, --version")
    .showHelpAfterError("(try v6peer --help)")
    // Commander begins with "error:"; all else that goes wrong begins with the name of the program.
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "v6peer: ")) })
    .addHelpText(
      "after",
      "\nExit codes: 0 ok, 1 something is wrong with what was looked at, 64 wrong arguments,\n69 v6peerd is not reachable, 70 a fault of this program, 78 the configuration that was named is wrong.",
    );
  const config = () =>
    new Option("-c, --config <file>", `the configuration of v6peerd (default: ${DEFAULT_CONFIG_PATH})`);
  const socket = () =>
    new Option("-s, --socket <path>", `the control socket (default: as configured, or ${DEFAULT_SOCKET})`);
  const json = () => new Option("--json", "as JSON, for programs");

  addInit(program, output, done);
  program
    .command("check")
    .description("look at the configuration and at this host, and say what would keep v6peerd from working")
    .addOption(config())
    .addOption(json())
    .action(async (options) => done(await check(options, output)));
  addDoctor(program, { config, socket, json }, output, done);
  program
    .command("status")
    .description("show what v6peerd is doing")
    .addOption(config())
    .addOption(socket())
    .addOption(json().helpGroup("Options:"))
    .option("-w, --watch [seconds]", "again and again until interrupted, every second or as said", parseSeconds)
    .action(async (options) => done(await status(options, output)));
  program
    .command("exits")
    .description("list the peer exits: state of the path, round-trip time, loss, sessions, selector, IPv4 peer")
    .addOption(config())
    .addOption(socket())
    .addOption(json())
    .option("-w, --watch [seconds]", "again and again until interrupted, every second or as said", parseSeconds)
    .action(async (options) => done(await exits(options, output)));
  addDrain(program, { config, socket }, output, done);
  addBandwidth(program, { config, socket, json }, output, done);
  program
    .command("sessions")
    .description("list sessions: client, address of the pool, destination, state, time left")
    .addOption(config())
    .addOption(socket())
    .addOption(new Option("--json", "as JSON, one object on each line"))
    .option("-n, --limit <count>", "at most so many", parseCount, 1000)
    .addOption(new Option("--protocol <name>", "only of this protocol").choices(["tcp", "udp", "icmp"]))
    .option("--client <address>", "only of this client, or of the clients in this IPv6 prefix")
    .option("--destination <address>", "only to this IPv4 address")
    .action(async (options) => done(await sessions(options, output)));
  program
    .command("explain")
    .description("take an address apart: NAT64 prefix, selector, embedded IPv4 address, its class, Teredo parts")
    .argument("<address>", "an IPv6 or IPv4 address, or a name under ip6.arpa or in-addr.arpa")
    .addOption(config())
    .addOption(socket())
    .addOption(json())
    .addOption(
      new Option("-p, --prefix <prefix>", "read it with this NAT64 prefix; may be repeated").argParser(
        (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
      ),
    )
    .option("-n, --names", "look up in the DNS which names it has, and the addresses in it")
    .action(async (address, options) => done(await explain(address, options, output)));
  addAbuse(program, { config, socket, json }, output, done);
  addPrefixes(program, { config, socket, json }, output, done);
  addDns64(program, { config, socket, json }, output, done);
  return program;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError("Expected seconds from 0.1 to 3600.");
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1_000_000) return count;
  throw new InvalidArgumentError("Expected a whole number from 1 to 1000000.");
}
