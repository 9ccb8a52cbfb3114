/** The command `v4peer`. */
import { ConfigFileError } from "@nat64/daemon-kit/config";
import { type Arguments, HELP, pathsOf, readArguments, UsageError } from "./cli/arguments.ts";
import { check } from "./cli/check.ts";
import { run } from "./cli/run.ts";
import { status } from "./cli/status.ts";
import { loadConfig } from "./config/load.ts";
import { ExitCode } from "./exit-code.ts";
import { VERSION } from "./version.ts";

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

function carryOut({ command, config: path, overrides, socket, json }: Arguments): Promise<number> | number {
  switch (command) {
    case "help":
      process.stdout.write(HELP);
      return ExitCode.ok;
    case "version":
      process.stdout.write(`v4peer ${VERSION}\n`);
      return ExitCode.ok;
    case "status": {
      const config = path === undefined ? undefined : loadConfig(path);
      return status(pathsOf(config, socket).socket, json);
    }
    case "run": {
      const config = loadConfig(path, overrides);
      return run(config, pathsOf(config));
    }
    case "check":
      return check(loadConfig(path, overrides), json);
  }
}
