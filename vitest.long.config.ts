import { defineConfig } from "vitest/config";
import { LONG_TESTS } from "./scripts/vitest/project.ts";

/** `npm run test:long`: what takes minutes by itself, one file at a time. */
const long = (name: string, root: string) => ({
  root,
  test: {
    name: `${name} (long)`,
    include: [LONG_TESTS],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 900_000,
  },
});

export default defineConfig({
  test: { projects: [long("lab", "packages/lab"), long("packaging", "packaging")] },
});
