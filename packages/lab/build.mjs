// Compiles the traffic tools into dist/; the TypeScript part is built by tsc before this.
// node build.mjs --sanitize FILE makes the build that the tests use.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const compiler = process.env.CC || "cc";
const sanitized = process.argv[2] === "--sanitize" ? process.argv[3] : undefined;
const flags = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror"];
if (sanitized) flags.push("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all");
const sources = readdirSync(`${here}native`).filter((name) => name.endsWith(".c"));

mkdirSync(`${here}dist`, { recursive: true });
const { status, error } = spawnSync(compiler, [...flags, "-o", sanitized ?? "../dist/traffic-tools", ...sources], {
  cwd: `${here}native`,
  stdio: "inherit",
});
if (error) console.error(`cannot run the C compiler "${compiler}": ${error.message}. Install gcc and libc6-dev.`);
process.exit(status ?? 1);
