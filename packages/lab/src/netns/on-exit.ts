/** Removes this process's labs when it ends: normally, by an exception, or by SIGINT, SIGTERM or SIGHUP. */
import { removeRun } from "./remove.ts";

const mine = new Set<string>();
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** From now on this run is removed when the process ends. */
export function cleanUpOnExit(runId: string): void {
  install();
  mine.add(runId);
}

/** Stops tracking a run, because it was removed or must stay. */
export function forget(runId: string): void {
  mine.delete(runId);
}

const ENDINGS: Readonly<Record<string, string>> = { SIGINT: "interrupted", SIGTERM: "terminated", SIGHUP: "hung up" };

let installed = false;

function install(): void {
  if (installed) return;
  installed = true;
  process.on("exit", removeMine);
  for (const [name, number] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      const count = mine.size;
      removeMine(); // before the exit: a test runner may not let us exit
      if (count > 0) process.stderr.write(`\n${ENDINGS[name]}; the lab has been removed\n`);
      process.exit(128 + number);
    });
  }
}

function removeMine(): void {
  for (const runId of mine) removeRun(runId);
  mine.clear();
}
