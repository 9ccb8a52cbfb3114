import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "rfc6052", include: ["test/**/*.test.ts"] } });
