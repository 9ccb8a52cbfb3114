/** The command `nat64-coordinator`: arguments, signals, exit codes. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ExitCode, whenOutputEnds } from "@nat64/daemon-kit/command-line";
import { createLog, ServiceManager } from "@nat64/daemon-kit/program";
import { sendUnixDatagram } from "@nat64/packet-io/unix";
import type { Logger } from "pino";
import { type ConfigFile, DEFAULT_CONFIG_PATH, loadConfig, machineOptions } from "./config/index.ts";
import { Daemon } from "./daemon.ts";
import { loadCertificate } from "./shell/certificate.ts";
import { Signals } from "./signals.ts";
import { VERSION } from "./version.ts";

const HELP = `nat64-coordinator: where the IPv6 peers and the IPv4 peers of a NAT64 meet

Usage: nat64-coordinator [--config FILE] [--check-config | --print-pin]

  -c, --config FILE   the configuration (default ${DEFAULT_CONFIG_PATH})
      --check-config  check the configuration, say what is wrong with it, and exit
      --print-pin     print what peers pin (the SHA-256 of the certificate's public key) and exit; makes the key of a
                      self-signed certificate if there is none yet
  -h, --help          show this and exit
  -V, --version       show the version and exit

Runs in the foreground and logs JSON lines to standard output; "ready" when peers can connect.
SIGTERM and SIGINT end it, after a word to the peers; a second one ends it at once.
SIGHUP reads the configuration again: who may enrol, the certificate, the log level.

Exit codes: 0 ended as asked, 64 wrong arguments, 70 something inside failed,
71 this host refused something, 78 wrong configuration.
`;

whenOutputEnds("nat64-coordinator");
process.exitCode = await main();

interface Arguments {
  readonly config: string;
  readonly task: "run" | "check" | "pin";
}

async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === "number") return options;
  let config: ConfigFile;
  try {
    config = loadConfig(options.config);
    // Reads the file of peers, too.
    machineOptions(config);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return ExitCode.config;
  }
  if (options.task === "check") {
    process.stdout.write(`${options.config}: good\n`);
    return ExitCode.ok;
  }
  if (options.task === "pin") return printPin(config);
  return run(options.config, config, createLog(config.log.level));
}

function readArguments(): Arguments | number {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: "string", short: "c", default: DEFAULT_CONFIG_PATH },
        "check-config": { type: "boolean", default: false },
        "print-pin": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        version: { type: "boolean", short: "V", default: false },
      },
    });
    if (values.help || values.version) {
      process.stdout.write(values.help ? HELP : `nat64-coordinator ${VERSION}\n`);
      return ExitCode.ok;
    }
    const task = values["check-config"] ? "check" : values["print-pin"] ? "pin" : "run";
    // Absolute, because a reload may come when the working directory is another.
    return { config: resolve(values.config), task };
  } catch (error) {
    process.stderr.write(`nat64-coordinator: ${(error as Error).message}\nTry nat64-coordinator --help.\n`);
    return ExitCode.usage;
  }
}

async function printPin(config: ConfigFile): Promise<number> {
  try {
    process.stdout.write(`${(await loadCertificate(config)).pin}\n`);
    return ExitCode.ok;
  } catch (error) {
    process.stderr.write(`nat64-coordinator: ${(error as Error).message}\n`);
    return ExitCode.system;
  }
}

async function run(path: string, config: ConfigFile, log: Logger): Promise<number> {
  const manager = new ServiceManager(sendUnixDatagram, log);
  const daemon = new Daemon(path, config, log);
  process.on("uncaughtException", (error) => {
    log.fatal({ reason: error.message, stack: error.stack }, "unexpected error");
    process.exit(ExitCode.software);
  });
  // From the first moment, so that none is lost.
  const signals = new Signals();
  let reloading: Promise<void> = Promise.resolve();
  let started = false;
  process.on("SIGHUP", () => {
    if (!started) return;
    manager.reloading();
    reloading = reloading.then(() => daemon.reload()).finally(() => manager.ready());
  });
  try {
    await daemon.start();
  } catch (error) {
    log.fatal({ reason: (error as Error).message }, "could not start");
    return ExitCode.system;
  }
  started = true;
  log.info(daemon.summary, "ready");
  manager.ready();
  manager.watch(async () => daemon.state);
  log.info({ signal: await signals.next() }, "stopping");
  manager.stopping();
  await daemon.stop(signals.next());
  log.info("stopped");
  return ExitCode.ok;
}
