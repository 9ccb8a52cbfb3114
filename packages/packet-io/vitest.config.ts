import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "packet-io", include: ["test/**/*.test.ts"] } });
