import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const CLI: string = fileURLToPath(new URL("../../bin/v6peer.js", import.meta.url));

/** What a run of the command left. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `v6peer` and waits for its end. Its output is no terminal. */
export function v6peer(...args: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8", timeout: 20_000 });
  return { code: status, stdout, stderr };
}
