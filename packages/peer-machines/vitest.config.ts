import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "peer-machines", include: ["test/**/*.test.ts"] } });
