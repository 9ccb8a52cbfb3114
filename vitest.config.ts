import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/vitest/longest-first.ts";

/** `npm test`: everything but the long tests. */
export default defineConfig({
  test: {
    projects: ["packages/*/vitest.config.ts", "packaging/vitest.config.ts", "scripts/vitest.config.ts"],
    sequence: { sequencer: LongestFirst },
  },
});
