import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addAbuse } from "./commands/abuse/command.ts";
import { addBandwidth } from "./commands/bandwidth/command.ts";
import { addCheck } from "./commands/check/command.ts";
import { addDns64 } from "./commands/dns64/command.ts";
import { addDoctor } from "./commands/doctor/command.ts";
import { addDrain } from "./commands/drain/command.ts";
import { addExits } from "./commands/exits/command.ts";
import { addExplain } from "./commands/explain/command.ts";
import { addInit } from "./commands/init/command.ts";
import { addPrefixes } from "./commands/prefixes/command.ts";
import { addSessions } from "./commands/sessions/command.ts";
import { addStatus } from "./commands/status/command.ts";
import type { Output } from "./output/output.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** In the order in which `v6peer --help` lists them. */
const COMMANDS = [
  addInit,
  addCheck,
  addDoctor,
  addStatus,
  addExits,
  addDrain,
  addBandwidth,
  addSessions,
  addExplain,
  addAbuse,
  addPrefixes,
  addDns64,
];

/** The command line of `v6peer`. `done` gets the exit code of the command that ran. */
export function createProgram(output: Output, done: (exitCode: number) => void): Command {
  const program = new Command("v6peer")
    .description("Manage v6peerd, a public NAT64 gateway.")
    .version(`v6peer ${version}`, "-V, --version")
    .showHelpAfterError("(try v6peer --help)")
    // Commander starts its messages with "error:"; all other messages start with the name of the program.
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "v6peer: ")) })
    .addHelpText(
      "after",
      "\nExit codes: 0 ok; 1 the command found a problem; 64 invalid arguments; 69 v6peerd is not reachable;\n" +
        "70 a bug in this program; 78 the configuration file is missing or invalid.",
    );
  for (const add of COMMANDS) add(program, output, done);
  return program;
}
