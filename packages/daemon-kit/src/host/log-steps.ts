import type { Logger } from "pino";
import type { SetupObserver } from "./host-setup.ts";
import type { RepairsObserver } from "./repairs.ts";

/** Logs each step that is applied or undone, and each one that could not be undone. */
export function logSteps(log: Logger): SetupObserver {
  return {
    applied: (what) => log.debug({ what }, "set up"),
    undone: (kind) => log.debug({ kind }, "undone"),
    undoFailed: (kind, reason) => log.error({ kind, reason }, "could not undo"),
  };
}

/** Logs what somebody else undid on this host. */
export function logRepairs(log: Logger): RepairsObserver {
  return {
    mended: (what) => log.warn({ what }, "somebody undid a change that this daemon needs; it is made again"),
    troubled: ({ what, reason }) => log.error({ what, reason }, "this host is not as this daemon needs it"),
    recovered: (what) => log.info({ what }, "this host is as it should be again"),
  };
}
