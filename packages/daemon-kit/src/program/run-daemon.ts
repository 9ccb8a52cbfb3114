/** A daemon's life: from the start to a signal, a failure or an end of its own, and back out of the host. */
import type { Logger } from "pino";
import { ExitCode } from "./exit-code.ts";
import { type SendDatagram, ServiceManager } from "./service-manager.ts";

/** How a daemon ended by itself: an error, or the word for an end that was asked for. */
export type OwnEnd = Error | string | undefined;

/** What can be run. */
export interface RunnableDaemon {
  /** Rejects when it cannot start; then nothing is left of it. */
  start(): Promise<{ readonly ended: Promise<OwnEnd> }>;
  /** Never rejects. */
  stop(): Promise<void>;
  /** The part of `stop` that must not be left out even when the process is dying. Never throws. */
  undoSetup(): void;
  /** For the log, once it runs. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** What SIGHUP asks for. */
  reload?(): Promise<unknown>;
  /** How it is, in a short sentence for `systemctl status`. Rejects when it does not do its work: then its watchdog barks. */
  lookAlive(): Promise<string>;
}

/**
 * Runs a daemon until SIGTERM, SIGINT or its own end.
 *
 * @param send how the service manager is told, where there is one
 * @returns the exit code
 */
export async function runDaemon(daemon: RunnableDaemon, log: Logger, send: SendDatagram): Promise<number> {
  const manager = new ServiceManager(send, log);
  process.on("uncaughtException", (error) => {
    log.fatal({ reason: error.message, stack: error.stack }, "unexpected error; undoing the set-up");
    daemon.undoSetup();
    process.exit(ExitCode.software);
  });
  // From the first moment: a signal during set-up must not leave half of it behind.
  const signal = new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => resolve(name));
  });
  let isReady = false;
  if (daemon.reload !== undefined) {
    process.on("SIGHUP", () => {
      if (!isReady) return;
      manager.reloading();
      daemon
        .reload?.()
        .catch((error: Error) => log.error({ reason: error.message }, "could not reload"))
        .finally(() => manager.ready());
    });
  }
  let ended: Promise<OwnEnd>;
  try {
    ({ ended } = await daemon.start());
  } catch (error) {
    log.fatal({ reason: (error as Error).message }, "could not start; what was set up is undone");
    return ExitCode.system;
  }
  isReady = true;
  log.info(daemon.summary, "ready");
  manager.ready();
  manager.watch(() => daemon.lookAlive());
  const end = await Promise.race([signal.then((name) => ({ signal: name })), ended]);
  const isFailure = end === undefined || end instanceof Error;
  if (isFailure) log.fatal({ reason: end?.message ?? "it ended by itself" }, "the data path failed; stopping");
  else log.info(typeof end === "string" ? { reason: end } : end, "stopping");
  manager.stopping();
  await daemon.stop();
  log.info("stopped; the host is as it was");
  return isFailure ? ExitCode.software : ExitCode.ok;
}

/** What can take back what a run of it has left that did not come to do so itself. */
export interface Recoverable {
  /** Returns the number of steps that were undone. Throws an `Error` with a sentence when it cannot. */
  recover(): number;
}

/** Does only that. @returns the exit code */
export function undoLeftovers(daemon: Recoverable, log: Logger): number {
  try {
    log.info({ steps: daemon.recover() }, "undone what was left");
    return ExitCode.ok;
  } catch (error) {
    log.fatal({ reason: (error as Error).message }, "could not undo what was left");
    return ExitCode.system;
  }
}
