/** `v4peer run`. */
import { createLog, runDaemon } from "@nat64/daemon-kit/program";
import { sendUnixDatagram } from "@nat64/packet-io/unix";
import type { Command } from "commander";
import { addConfigOptions, type ConfigOptions, loadFromOptions } from "../../command-line/config-options.ts";
import { Daemon } from "../../daemon.ts";
import { noticesOf } from "./notices.ts";

/** Adds the command. */
export function addRun(program: Command, done: (exitCode: number) => void): void {
  addConfigOptions(program.command("run"))
    .description("Connect to the coordinator and run until SIGTERM or SIGINT, which undo all changes to the host.")
    .addHelpText(
      "after",
      "\nWithout --internet and --publish it detects the NAT type and forwards nothing.\n" +
        "A second signal stops it at once. SIGHUP reloads the configuration file.",
    )
    .action(async (options: ConfigOptions) => done(await run(options)));
}

function run(options: ConfigOptions): Promise<number> {
  const load = () => loadFromOptions(options);
  const config = load();
  const log = createLog(config.log.level);
  process.stderr.write(noticesOf(config));
  return runDaemon(new Daemon(config, load, log), log, sendUnixDatagram);
}
