import type { Logger } from "pino";
import type { SetupObserver } from "./host-setup.ts";

/** Logs each step that is applied or undone, and each one that could not be undone. */
export function logSteps(log: Logger): SetupObserver {
  return {
    applied: (what) => log.debug({ what }, "set up"),
    undone: (kind) => log.debug({ kind }, "undone"),
    undoFailed: (kind, reason) => log.error({ kind, reason }, "could not undo"),
  };
}
