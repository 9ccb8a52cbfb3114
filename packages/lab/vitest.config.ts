import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "lab",
    include: ["test/**/*.test.ts"],
    // Real traffic wants the machine for itself: one file at a time, after all other packages' tests.
    fileParallelism: false,
    sequence: { groupOrder: 1 },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
