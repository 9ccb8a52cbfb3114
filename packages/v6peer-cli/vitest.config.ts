import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "v6peer-cli", include: ["test/**/*.test.ts"] } });
