import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "simnet", include: ["test/**/*.test.ts"] } });
