import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "tun", include: ["test/**/*.test.ts"] } });
