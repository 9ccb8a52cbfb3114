/**
 * A run id is part of the name of everything that a lab creates: `<pid>.<start time>.<number>` of the process that owns
 * it. Pid and start time identify a process uniquely, so the name of a namespace shows whether its owner is still
 * alive.
 */
import { startTime } from "./proc.ts";

let labsMade = 0;

/** A new run id of this process. */
export function newRunId(): string {
  labsMade += 1;
  return `${process.pid}.${startTime(process.pid)}.${labsMade}`;
}

/** Whether the process that owns a run is still alive. */
export function ownerIsAlive(runId: string): boolean {
  const [pid, started] = runId.split(".");
  return startTime(Number(pid)) === started;
}

/** The name of a host's namespace, such as `n64-4711.123456.1-client`. */
export function namespaceName(runId: string, host: string): string {
  return `n64-${runId}-${host}`;
}

/** The run id in a namespace's name; `undefined` if it is not one of ours. */
export function runIdOf(namespace: string): string | undefined {
  return /^n64-(\d+\.\d+\.\d+)-/.exec(namespace)?.[1];
}
