import { readFileSync, readlinkSync } from "node:fs";

/**
 * The fields of `/proc/<pid>/stat` from the third on (proc(5) numbers them from 1), or `undefined` if there is no such
 * process. The second field, the name, may contain spaces and parentheses and is removed.
 */
export function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** When a process started, in clock ticks since boot. Together with the pid it identifies a process uniquely. */
export function startTime(pid: number): string | undefined {
  return statFields(pid)?.[22 - 3];
}

/** Names the network namespace that a process is in; `undefined` when it has ended. */
export function networkNamespace(pid: number | "self"): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** Whether a process runs; a zombie, which only waits to be reaped, does not. */
export function isRunning(pid: number): boolean {
  const fields = statFields(pid);
  return fields !== undefined && fields[0] !== "Z";
}

/** Blocks this thread. For cleaning up on exit, where nothing asynchronous runs any more. */
export function sleepNow(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
