/** The command `v4peer`. */
import { ConfigFileError } from "@nat64/daemon-kit/config";
import { createLog, ExitCode, runDaemon, undoLeftovers, whenOutputEnds } from "@nat64/daemon-kit/program";
import { sendUnixDatagram } from "@nat64/packet-io/unix";
import { abuse } from "./cli/abuse.ts";
import { type Arguments, HELP, pathsOf, readArguments, UsageError } from "./cli/arguments.ts";
import { check } from "./cli/check.ts";
import { drain } from "./cli/drain.ts";
import { noticesOf } from "./cli/notices.ts";
import { status } from "./cli/status.ts";
import { unpair } from "./cli/unpair.ts";
import type { ConfigFile } from "./config/file.ts";
import { loadConfig } from "./config/load.ts";
import { Daemon } from "./daemon.ts";
import { VERSION } from "./version.ts";

/** Seconds that a drain gives what runs, unless told otherwise. */
const DEFAULT_DRAIN = 60;

whenOutputEnds("v4peer");
process.exitCode = await main();

async function main(): Promise<number> {
  try {
    return await carryOut(readArguments(process.argv.slice(2)));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`v4peer: ${error.message}\nTry v4peer --help.\n`);
      return ExitCode.usage;
    }
    if (!(error instanceof ConfigFileError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return ExitCode.config;
  }
}

function carryOut(args: Arguments): Promise<number> | number {
  const { command, config: path, overrides, json } = args;
  switch (command) {
    case "help":
      process.stdout.write(HELP);
      return ExitCode.ok;
    case "version":
      process.stdout.write(`v4peer ${VERSION}\n`);
      return ExitCode.ok;
    case "status":
      return status(socketOf(args), json);
    case "drain":
      return drain({ ...args, socket: socketOf(args), within: args.within ?? DEFAULT_DRAIN });
    case "unpair":
      return unpair(socketOf(args), { peer: args.peer, within: args.within ?? 0 }, json);
    case "abuse":
      return answer(args);
    case "check":
      return check(loadConfig(path, overrides), json);
    case "undo":
      return undo(loadConfig(path, overrides));
    case "run":
      return run(loadConfig(path, overrides));
  }
}

function run(config: ConfigFile): Promise<number> {
  const log = createLog(config.log.level);
  process.stderr.write(noticesOf(config));
  return runDaemon(new Daemon(config, pathsOf(config), log), log, sendUnixDatagram);
}

function answer({ config: path, socket: asked, complaint, json }: Arguments): Promise<number> {
  const config = path === undefined ? undefined : loadConfig(path);
  const { socket, auditLog } = pathsOf(config, asked);
  return abuse(complaint, { socket, auditLog: complaint.auditLog ?? auditLog, terms: config?.complaints.terms }, json);
}

function undo(config: ConfigFile): number {
  const log = createLog(config.log.level);
  return undoLeftovers(new Daemon(config, pathsOf(config), log), log);
}

/** Of the one that runs. */
function socketOf({ config: path, socket }: Arguments): string {
  return pathsOf(path === undefined ? undefined : loadConfig(path), socket).socket;
}
