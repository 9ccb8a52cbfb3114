import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "v6peer-daemon", include: ["test/**/*.test.ts"] } });
