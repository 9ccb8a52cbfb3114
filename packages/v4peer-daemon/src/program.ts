/** The command line of `v4peer`. */
import { createCommand } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { addAbuse } from "./commands/abuse/command.ts";
import { addCheck } from "./commands/check/command.ts";
import { addDrain } from "./commands/drain/command.ts";
import { addRun } from "./commands/run/command.ts";
import { addStatus } from "./commands/status/command.ts";
import { addUndo } from "./commands/undo/command.ts";
import { addUnpair } from "./commands/unpair/command.ts";
import { VERSION } from "./version.ts";

/** Makes the command line. @param done gets the exit code */
export function createProgram(done: (exitCode: number) => void): Command {
  const program = createCommand({
    name: "v4peer",
    description: "Run the IPv4 peer: let IPv6 peers reach IPv4 through this host, or publish services of this host.",
    version: VERSION,
    exitCodes: {
      ok: "success",
      failed: "check found a problem, the daemon refused, or (abuse) no pair had the port",
      usage: "wrong arguments",
      unavailable: "v4peer is not running, or cannot be asked",
      software: "the data path failed, or an internal error",
      system: "the host refused something",
      config: "invalid configuration",
    },
  });
  for (const add of [addRun, addStatus, addDrain, addUnpair, addAbuse, addCheck, addUndo]) add(program, done);
  return program;
}
