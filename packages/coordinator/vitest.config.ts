import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "coordinator", include: ["test/**/*.test.ts"] } });
