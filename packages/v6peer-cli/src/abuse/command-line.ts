import { LETTER_LANGUAGES, LETTERS } from "@nat64/daemon-kit/complaints";
import { type Command, InvalidArgumentError, Option } from "commander";
import { abuse } from "../commands/abuse.ts";
import type { Output } from "../output.ts";

/** Seconds that clocks of complainants and ours may be apart. */
const DEFAULT_SKEW = 60;

/** Options that other commands have, too. */
export interface SharedOptions {
  readonly config: () => Option;
  readonly socket: () => Option;
  readonly json: () => Option;
}

/** Adds `v6peer abuse`. */
export function addAbuse(program: Command, shared: SharedOptions, output: Output, done: (code: number) => void): void {
  const languages = LETTER_LANGUAGES.map((code) => `${code} (${LETTERS[code].language})`).join(", ");
  program
    .command("abuse")
    .description("answer a complaint: what the address is, who answers for it, how certain that is, and a reply letter")
    .argument("<address>", "as the complaint has it: an address of the prefix, or an IPv4 address with --port and --at")
    .addOption(shared.config())
    .addOption(shared.socket())
    .addOption(shared.json())
    .option("--at <time>", 'when it was, with its zone: "2031-05-17 23:04:05 +0200", as logs have it, or Unix seconds')
    .option("--port <number>", "the port at that address", parsePort)
    .addOption(new Option("--protocol <name>", "the transport protocol").choices(["tcp", "udp"]))
    .option("--skew <seconds>", "how far the clocks may be apart", parseSkew, DEFAULT_SKEW)
    .option("--client <address>", "a client that may have been the one: say whether the audit log agrees")
    .addOption(
      new Option("-l, --language <code>", `of the letter: ${languages}`).choices(LETTER_LANGUAGES).default("en"),
    )
    .option("--letter <file>", 'write the letter to a new file; "-": print the letter and nothing else')
    .option("--own", "the IPv4 address is this host's, though a NAT before it has it")
    .option("--audit-log <directory>", "look into this audit log")
    .addOption(
      new Option("-p, --prefix <prefix>", "a NAT64 prefix of this peer; may be repeated").argParser(
        (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
      ),
    )
    .addHelpText(
      "after",
      "\nWorks from the address alone; with a configuration, a running v6peerd and its audit log it says more.\n" +
        "Exit codes: 0 the address has to do with this peer, 1 it is none of its own.",
    )
    .action(async (address, options) => done(await abuse(address, options, output)));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("Expected a whole number from 0 to 65535.");
}

function parseSkew(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError("Expected whole seconds from 0 to 86400.");
}
