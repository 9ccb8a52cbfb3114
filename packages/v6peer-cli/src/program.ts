import { readFileSync } from "node:fs";
import { createCommand } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { addAbuse } from "./commands/abuse/command.ts";
import { addBan } from "./commands/ban/command.ts";
import { addBandwidth } from "./commands/bandwidth/command.ts";
import { addBans } from "./commands/bans/command.ts";
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
import { addUnban } from "./commands/unban/command.ts";
import type { Output } from "./output/output.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/**
 * In the order in which `v6peer --help` lists them. A `command.ts` holds options and help; it imports what the command does
 * when it runs, because a program that loads all of it takes twice as long to start.
 */
const COMMANDS = [
  addInit,
  addCheck,
  addDoctor,
  addStatus,
  addExits,
  addDrain,
  addBandwidth,
  addSessions,
  addBan,
  addBans,
  addUnban,
  addExplain,
  addAbuse,
  addPrefixes,
  addDns64,
];

/** The command line of `v6peer`. `done` gets the exit code of the command that ran. */
export function createProgram(output: Output, done: (exitCode: number) => void): Command {
  const program = createCommand({
    name: "v6peer",
    description: "Manage v6peerd, a public NAT64 gateway.",
    version,
    exitCodes: {
      ok: "success",
      failed: "the command found a problem, or v6peerd refused the request",
      usage: "wrong arguments",
      unavailable: "v6peerd cannot be reached",
      software: "an internal error",
      config: "the configuration is invalid, or cannot be read",
    },
  });
  for (const add of COMMANDS) add(program, output, done);
  return program;
}
