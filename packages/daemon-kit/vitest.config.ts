import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "daemon-kit", include: ["test/**/*.test.ts"] } });
