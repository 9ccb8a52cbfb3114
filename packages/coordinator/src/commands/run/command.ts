/** `nat64-coordinator run`, which is also what `nat64-coordinator` without a command does. */
import { resolve } from "node:path";
import { configOption, ExitCode, HostError } from "@nat64/daemon-kit/command-line";
import { createLog, runDaemon } from "@nat64/daemon-kit/program";
import { sendUnixDatagram } from "@nat64/packet-io/unix";
import { type Command, Option } from "commander";
import { type ConfigFile, DEFAULT_CONFIG_PATH, loadConfig, machineOptions } from "../../config/index.ts";
import { Daemon } from "../../daemon.ts";
import { loadCertificate } from "../../shell/certificate.ts";

interface RunOptions {
  readonly config: string;
  readonly checkConfig?: true;
  readonly printPin?: true;
}

/** Adds the command. */
export function addRun(program: Command, done: (exitCode: number) => void): void {
  program
    .command("run", { isDefault: true })
    .description("Run the coordinator in the foreground. This is the default command.")
    .addOption(configOption("The configuration file.", DEFAULT_CONFIG_PATH))
    .addOption(new Option("--check-config", "Check the configuration, print what is wrong with it, and exit."))
    .addOption(
      new Option(
        "--print-pin",
        "Print the pin for peers (SHA-256 of the certificate's public key) and exit. Creates the key of a self-signed " +
          "certificate if it does not exist.",
      ).conflicts("checkConfig"),
    )
    .addHelpText(
      "after",
      "\nLogs JSON lines to standard output; the line `ready` means that peers can connect.\n" +
        "SIGTERM and SIGINT stop it after timers.drain seconds; a second signal stops it at once.\n" +
        "SIGHUP reloads the configuration: who may enrol, the certificate, timers.drain, the log level, and where metrics " +
        "and prefixes are served.",
    )
    .action(async (options: RunOptions) => done(await run(options)));
}

async function run({ config, checkConfig, printPin }: RunOptions): Promise<number> {
  // Absolute, because a reload may come when the working directory has changed.
  const path = resolve(config);
  const file = loadConfig(path);
  // Reads the file of peers.
  machineOptions(file);
  if (checkConfig) return print(`${path}: good`);
  if (printPin) return print(await pinOf(file));
  const log = createLog(file.log.level);
  return runDaemon(new Daemon(path, file, log), log, sendUnixDatagram);
}

async function pinOf(file: ConfigFile): Promise<string> {
  try {
    return (await loadCertificate(file)).pin;
  } catch (error) {
    throw new HostError((error as Error).message, { cause: error });
  }
}

function print(line: string): number {
  process.stdout.write(`${line}\n`);
  return ExitCode.ok;
}
