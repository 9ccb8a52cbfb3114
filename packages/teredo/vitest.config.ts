import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "teredo", include: ["test/**/*.test.ts"] } });
