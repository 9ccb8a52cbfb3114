/** The life of a daemon: start, reloads, and the end by a signal, by a failure, or because it has finished. */
import type { Logger } from "pino";
import { ExitCode } from "../command-line/index.ts";
import { explainError } from "../system/index.ts";
import type { Reloads } from "./reloads.ts";
import { catchUnexpectedErrors } from "./safety-net.ts";
import { type SendDatagram, ServiceManager } from "./service-manager.ts";
import { StopSignals } from "./stop-signals.ts";

/** Time that a stop may take after the second signal. */
const FORCED_EXIT_MS = 1_000;

/** Why a daemon ended without a signal: an error, or the word for an end that was asked for. */
export type OwnEnd = Error | string | undefined;

/** What can be run. */
export interface RunnableDaemon {
  /** For the log, once the daemon runs. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** What SIGHUP asks for. They are accepted between start and stop. */
  readonly reloads: Reloads;
  /** Starts. Rejects when it cannot; then nothing of it is left. */
  start(): Promise<{ readonly ended: Promise<OwnEnd> }>;
  /** Stops. Never rejects. @param forceStop aborted when the daemon must stop without waiting */
  stop(forceStop: AbortSignal): Promise<void>;
  /** The part of `stop` that must happen even when the process is dying: undoes changes to the host. Never throws. */
  undoSetup?(): void;
  /** Its state in a short sentence, for `systemctl status`. Rejects when it does not do its work: then the watchdog ends it. */
  lookAlive(): Promise<string>;
}

/**
 * Runs a daemon until SIGTERM, SIGINT or its own end. A second signal ends it at once.
 *
 * @param send sends a datagram to the service manager, if there is one
 * @returns the exit code
 */
export async function runDaemon(daemon: RunnableDaemon, log: Logger, send: SendDatagram): Promise<number> {
  const manager = new ServiceManager(send, log);
  const undoSetup = () => daemon.undoSetup?.();
  catchUnexpectedErrors(undoSetup, log);
  const signals = new StopSignals();
  let forcedExitTimer: NodeJS.Timeout | undefined;
  let code: number = ExitCode.ok;
  signals.forceStop.addEventListener("abort", () => {
    forcedExitTimer = setTimeout(() => {
      log.warn("ending at once; the set-up is undone");
      undoSetup();
      process.exit(code);
    }, FORCED_EXIT_MS);
  });
  process.on("SIGHUP", () => void daemon.reloads.request());
  let ended: Promise<OwnEnd>;
  try {
    ({ ended } = await daemon.start());
  } catch (error) {
    clearTimeout(forcedExitTimer);
    log.fatal({ reason: explainError(error) }, "could not start; what was set up is undone");
    return ExitCode.system;
  }
  log.info(daemon.summary, "ready");
  manager.ready();
  daemon.reloads.open({ begun: () => manager.reloading(), ended: () => manager.ready() });
  manager.watch(() => stateOf(daemon));
  code = reportEnd(await Promise.race([signals.first.then((signal) => ({ signal })), ended]), log);
  manager.stopping();
  await daemon.reloads.close();
  await daemon.stop(signals.forceStop);
  clearTimeout(forcedExitTimer);
  log.info(daemon.undoSetup !== undefined ? "stopped; the host is as it was" : "stopped");
  return code;
}

async function stateOf(daemon: RunnableDaemon): Promise<string> {
  const state = await daemon.lookAlive();
  return daemon.reloads.status.refused === undefined ? state : `${state}; the last reload was refused`;
}

function reportEnd(end: OwnEnd | { readonly signal: string }, log: Logger): number {
  if (end === undefined || end instanceof Error) {
    log.fatal({ reason: end?.message ?? "it ended without a reason" }, "failed; stopping");
    return ExitCode.software;
  }
  log.info(typeof end === "string" ? { reason: end } : end, "stopping");
  return ExitCode.ok;
}
