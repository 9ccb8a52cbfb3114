import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "peer-protocol", include: ["test/**/*.test.ts"] } });
