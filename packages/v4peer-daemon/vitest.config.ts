import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "v4peer-daemon", include: ["test/**/*.test.ts"] } });
