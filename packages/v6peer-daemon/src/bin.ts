/** The command `v6peerd`: arguments and exit codes. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ConfigFileError } from "@nat64/daemon-kit/config";
import { createLog, ExitCode, runDaemon, undoLeftovers, whenOutputEnds } from "@nat64/daemon-kit/program";
import { sendUnixDatagram } from "@nat64/packet-io/unix";
import { DEFAULT_CONFIG_PATH, loadConfig } from "./config/load.ts";
import type { DaemonConfig } from "./config/resolve.ts";
import { Daemon } from "./daemon.ts";
import { VERSION } from "./version.ts";

const HELP = `v6peerd: the IPv6 peer, a NAT64 for everybody (RFC 6146)

Usage: v6peerd [--config FILE] [--check-config | --undo]

  -c, --config FILE   the configuration (default ${DEFAULT_CONFIG_PATH})
      --check-config  check the configuration, say what is wrong with it, and exit
      --undo          take back what a run that was killed has left on this host, and exit; the next start does it, too
  -h, --help          show this and exit
  -V, --version       show the version and exit

Runs in the foreground and logs JSON lines to standard output; "ready" when it forwards.
SIGTERM and SIGINT end it and undo what it set up. SIGHUP reads the configuration again.

Exit codes: 0 ended as asked, 64 wrong arguments, 70 the data path failed,
71 this host refused something, 78 wrong configuration.
`;

whenOutputEnds("v6peerd");
process.exitCode = await main();

async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === "number") return options;
  let config: DaemonConfig;
  try {
    config = loadConfig(options.config);
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return ExitCode.config;
  }
  if (options.task === "check") {
    process.stdout.write(`${options.config}: good; the NAT64 prefix is ${config.nat64Prefix}\n`);
    return ExitCode.ok;
  }
  const log = createLog(config.file.log.level);
  const daemon = new Daemon(options.config, config, log);
  return options.task === "undo" ? undoLeftovers(daemon, log) : runDaemon(daemon, log, sendUnixDatagram);
}

interface Arguments {
  readonly config: string;
  readonly task: "run" | "check" | "undo";
}

function readArguments(): Arguments | number {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: "string", short: "c", default: DEFAULT_CONFIG_PATH },
        "check-config": { type: "boolean", default: false },
        undo: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        version: { type: "boolean", short: "V", default: false },
      },
    });
    if (values.help || values.version) {
      process.stdout.write(values.help ? HELP : `v6peerd ${VERSION}\n`);
      return ExitCode.ok;
    }
    if (values["check-config"] && values.undo) throw new Error("--check-config or --undo, not both");
    // Absolute, because a reload may come when the working directory is another.
    const task = values["check-config"] ? "check" : values.undo ? "undo" : "run";
    return { config: resolve(values.config), task };
  } catch (error) {
    process.stderr.write(`v6peerd: ${(error as Error).message}\nTry v6peerd --help.\n`);
    return ExitCode.usage;
  }
}
