import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "nat64-engine", include: ["test/**/*.test.ts"] } });
