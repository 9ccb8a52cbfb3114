// Compiles the traffic tools into dist/traffic. The TypeScript part is built by tsc before this.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const compiler = process.env.CC || "cc";
const sources = readdirSync(`${here}native`).filter((name) => name.endsWith(".c"));
const flags = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror"];

mkdirSync(`${here}dist`, { recursive: true });
const { status, error } = spawnSync(compiler, [...flags, "-o", "../dist/traffic-tools", ...sources], {
  cwd: `${here}native`,
  stdio: "inherit",
});
if (error) console.error(`cannot run the C compiler "${compiler}": ${error.message}. Install gcc and libc6-dev.`);
process.exit(status ?? 1);
