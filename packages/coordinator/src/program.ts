/** The command line of `nat64-coordinator`. */
import { createCommand } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { addPeers } from "./commands/peers/command.ts";
import { addRun } from "./commands/run/command.ts";
import { addStatus } from "./commands/status/command.ts";
import { VERSION } from "./version.ts";

/** Makes the command line. @param done gets the exit code */
export function createProgram(done: (exitCode: number) => void): Command {
  const program = createCommand({
    name: "nat64-coordinator",
    description:
      "Run the coordinator, where the IPv6 peers and IPv4 peers of a NAT64 find each other, or ask a running one.",
    version: VERSION,
    text: [
      "Without a command it runs the coordinator, with the options of `run`:\n" +
        "  nat64-coordinator [--config FILE] [--check-config | --print-pin]",
    ],
    exitCodes: {
      ok: "success",
      failed: "the coordinator refused the request",
      usage: "wrong arguments",
      unavailable: "the coordinator is not running, or cannot be asked",
      software: "an internal error",
      system: "the host refused something; the log says what",
      config: "invalid configuration or peers file",
    },
  });
  for (const add of [addRun, addStatus, addPeers]) add(program, done);
  return program;
}
