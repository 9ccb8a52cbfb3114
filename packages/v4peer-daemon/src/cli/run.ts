/** `v4peer run`. */
import { destination, pino } from "pino";
import type { ConfigFile } from "../config/file.ts";
import { Daemon, type Paths } from "../daemon.ts";
import { ExitCode } from "../exit-code.ts";
import { noticesOf } from "./notices.ts";

/** Runs until a signal or a failure. @returns the exit code */
export async function run(config: ConfigFile, paths: Paths): Promise<number> {
  // Synchronous: the last lines before the end are the ones that matter.
  const log = pino({ level: config.log.level, base: { pid: process.pid } }, destination({ dest: 1, sync: true }));
  const daemon = new Daemon(config, paths, log);
  process.stderr.write(noticesOf(config));
  process.on("uncaughtException", (error) => {
    log.fatal({ reason: error.message, stack: error.stack }, "unexpected error; undoing the set-up");
    daemon.undoSetup();
    process.exit(ExitCode.software);
  });
  // From the first moment: a signal during set-up must not leave half of it behind.
  const signal = new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => resolve(name));
  });
  let running: Awaited<ReturnType<Daemon["start"]>>;
  try {
    running = await daemon.start();
  } catch (error) {
    log.fatal({ reason: (error as Error).message }, "could not start; what was set up is undone");
    return ExitCode.system;
  }
  log.info({ peerId: daemon.peerId, internet: config.exit.internet }, "ready");
  const end = await Promise.race([signal, running.ended]);
  if (typeof end === "string") log.info({ signal: end }, "stopping");
  else log.fatal({ reason: end?.message ?? "it ended by itself" }, "the data path failed; stopping");
  await daemon.stop();
  log.info("stopped; the host is as it was");
  return typeof end === "string" ? ExitCode.ok : ExitCode.software;
}
