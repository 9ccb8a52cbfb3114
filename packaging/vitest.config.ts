import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "packaging",
    include: ["test/**/*.test.ts"],
    fileParallelism: false,
    sequence: { groupOrder: 2 },
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
