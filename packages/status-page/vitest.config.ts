import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "status-page", include: ["test/**/*.test.ts"] } });
