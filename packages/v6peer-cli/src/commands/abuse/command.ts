import { jsonOption, parsePath, wholeNumber } from "@nat64/daemon-kit/command-line";
import { LETTER_LANGUAGES, LETTERS } from "@nat64/daemon-kit/complaints";
import { type Command, Option } from "commander";
import { configOption, repeatableOption, socketOption } from "../../options/common.ts";
import type { Output } from "../../output/output.ts";

/** Seconds by which a complainant's clock may differ from ours. */
const DEFAULT_SKEW_SECONDS = 60;

/** Adds `v6peer abuse`. */
export function addAbuse(program: Command, output: Output, done: (exitCode: number) => void): void {
  const languages = LETTER_LANGUAGES.map((code) => `${code} (${LETTERS[code].language})`).join(", ");
  program
    .command("abuse")
    .description(
      "Answer a complaint: say what the address is, who is responsible for it and how certain that is, and draft a reply.",
    )
    .argument("<address>", "The address in the complaint: one of your prefix, or an IPv4 address with --port and --at.")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .option(
      "--at <time>",
      'Time of the incident with its zone: "2031-05-17 23:04:05 +0200", a log format or Unix time.',
    )
    .option("--port <number>", "The port at that address.", wholeNumber(0, 65_535))
    .addOption(new Option("--protocol <name>", "The transport protocol.").choices(["tcp", "udp"]))
    .option(
      "--skew <seconds>",
      "How far the complainant's clock may be off.",
      wholeNumber(0, 86_400, "seconds"),
      DEFAULT_SKEW_SECONDS,
    )
    .option("--client <address>", "A suspected client: check it against the audit log.")
    .addOption(
      new Option("-l, --language <code>", `Language of the letter: ${languages}.`)
        .choices(LETTER_LANGUAGES)
        .default("en"),
    )
    .option("--letter <file>", 'Write the letter to a new file; "-" prints only the letter.', parsePath)
    .option("--own", "Treat the IPv4 address as this host's own even though an upstream NAT holds it.")
    .option("--audit-log <directory>", "Search this audit log.", parsePath)
    .addOption(repeatableOption("-p, --prefix <prefix>", "A NAT64 prefix of this peer."))
    .addHelpText(
      "after",
      "\nThe address alone is enough. A configuration, a running v6peerd and its audit log add details.\n" +
        "Exit codes: 0 the address belongs to this peer; 1 it does not.",
    )
    .action(async (address, options) => {
      const { abuse } = await import("./abuse.ts");
      done(await abuse(address, options, output));
    });
}
