import type { Logger } from "pino";
import { ExitCode } from "../command-line/index.ts";
import { explainError } from "../system/index.ts";

/** A daemon whose changes to the host can be undone by a later process. */
export interface Recoverable {
  /** Undoes what a killed run has left; returns the number of steps. Throws an `Error` with a sentence when it cannot. */
  recover(): number;
}

/** Undoes what a killed run has left, and nothing else. @returns the exit code */
export function undoLeftovers(daemon: Recoverable, log: Logger): number {
  try {
    log.info({ steps: daemon.recover() }, "undone what was left");
    return ExitCode.ok;
  } catch (error) {
    log.fatal({ reason: explainError(error) }, "could not undo what was left");
    return ExitCode.system;
  }
}
