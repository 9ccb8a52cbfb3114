/** What the Vitest configurations of all packages share. */
import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Milliseconds. A busy machine must not fail a test, so limits only end what hangs. */
const LIMIT_MS = 120_000;

/** Tests that mostly wait (for processes, timers, namespaces) run in this many workers side by side; more than there are cores. */
const WAITING_WORKERS = 4;

/** How the files of a package run. */
export interface ProjectOptions {
  /**
   * "computing" (the default): as many files at a time as there are cores. "pure": the same, and files share a process,
   * because they start nothing and change nothing global. "waiting": more at a time, after all that compute. "alone": one file
   * at a time, after all others, for what wants the whole machine.
   */
  readonly files?: "computing" | "pure" | "waiting" | "alone";
  /** Milliseconds after which a test or hook hangs. Default two minutes. */
  readonly limitMs?: number;
}

/** Tests in `*.long.test.ts` belong to `npm run test:long`. */
export const LONG_TESTS = "test/**/*.long.test.ts";

/** The configuration of one package's tests. */
export function project(
  name: string,
  { files = "computing", limitMs = LIMIT_MS }: ProjectOptions = {},
): ViteUserConfig {
  return defineConfig({
    test: {
      name,
      include: ["test/**/*.test.ts"],
      exclude: [LONG_TESTS],
      testTimeout: limitMs,
      hookTimeout: limitMs,
      // `await expect.poll(…)` is how a test waits for something.
      expect: { poll: { timeout: limitMs / 2, interval: 50 } },
      ...RUNS[files],
    },
  });
}

const RUNS = {
  computing: {},
  // Half of their time would go into a new process and the same imports for each file.
  pure: { isolate: false },
  waiting: { maxWorkers: WAITING_WORKERS, sequence: { groupOrder: 1 } },
  alone: { fileParallelism: false, sequence: { groupOrder: 2 } },
} as const;
