/** The command line of `v6peerd`. */
import { resolve } from "node:path";
import { configOption, createCommand, ExitCode } from "@nat64/daemon-kit/command-line";
import { createLog, runDaemon, undoLeftovers } from "@nat64/daemon-kit/program";
import { sendUnixDatagram } from "@nat64/packet-io/unix";
import { type Command, Option } from "commander";
import { DEFAULT_CONFIG_PATH, loadConfig } from "./config/load.ts";
import { Daemon } from "./daemon.ts";
import { VERSION } from "./version.ts";

interface Options {
  readonly config: string;
  readonly checkConfig?: true;
  readonly undo?: true;
}

/** Creates the command line. @param done called with the exit code */
export function createProgram(done: (exitCode: number) => void): Command {
  return createCommand({
    name: "v6peerd",
    description: "Run the IPv6 peer, a public NAT64 gateway (RFC 6146).",
    version: VERSION,
    text: [
      'Runs in the foreground and logs JSON lines to standard output; "ready" means that it forwards packets.\n' +
        "SIGTERM and SIGINT stop it and undo its changes to the host; a second one stops it at once.\n" +
        "SIGHUP reloads the configuration.",
    ],
    exitCodes: {
      ok: "stopped as requested",
      usage: "wrong arguments",
      software: "the data path failed, or an internal error",
      system: "the host refused something",
      config: "invalid configuration",
    },
  })
    .addOption(configOption("The configuration file.", DEFAULT_CONFIG_PATH))
    .addOption(new Option("--check-config", "Check the configuration, print its errors, and exit.").conflicts("undo"))
    .addOption(
      new Option("--undo", "Undo what a killed run has left on this host, and exit. The next start also does this."),
    )
    .action(async (options: Options) => done(await run(options)));
}

function run({ config: given, checkConfig, undo }: Options): Promise<number> | number {
  // Absolute, because the working directory may change before a reload.
  const path = resolve(given);
  const config = loadConfig(path);
  if (checkConfig) {
    process.stdout.write(`${path}: valid; the NAT64 prefix is ${config.nat64Prefix}\n`);
    return ExitCode.ok;
  }
  const log = createLog(config.file.log.level);
  const daemon = new Daemon(path, config, log);
  return undo ? undoLeftovers(daemon, log) : runDaemon(daemon, log, sendUnixDatagram);
}
