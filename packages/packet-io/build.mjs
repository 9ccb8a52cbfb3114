// Compiles the addon to dist/packet-io.node with the system's C compiler. No node-gyp.
//   node build.mjs            fails when there is no compiler
//   node build.mjs --install  as npm's install step: says what is missing and succeeds, so that packages that only
//                             might need the addon still install
//   node build.mjs --output FILE   to another place; CC names the compiler, LDFLAGS what else the linker is told
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const installing = process.argv.includes("--install");
const elsewhere = process.argv.indexOf("--output") + 1;
const output = elsewhere > 0 ? process.argv[elsewhere] : join(here, "dist", "packet-io.node");

/** Rooms include each other's contracts by their place below here. */
const NATIVE = join(here, "native");

const FLAGS = ["-std=gnu17", "-O3", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden"];
const DEFINES = ["-D_GNU_SOURCE", "-DNAPI_VERSION=8"];

const LINKER = process.env.LDFLAGS?.split(" ").filter(Boolean) ?? [];

process.exitCode = main();

function main() {
  // In the repository the build script does this work; the install step is for what npm delivers.
  if (installing && existsSync(join(here, "src"))) return 0;
  if (process.platform !== "linux") {
    console.log(`@nat64/packet-io: this is ${process.platform} and not Linux; nothing to compile`);
    return 0;
  }
  const sources = readdirSync(NATIVE, { recursive: true })
    .filter((name) => name.endsWith(".c"))
    .sort()
    .map((name) => join(NATIVE, name));
  console.log(`@nat64/packet-io: compiling ${sources.length} C files to ${relative(here, output)}`);
  const failure = compile(sources);
  if (failure === undefined) return 0;
  console.error(`@nat64/packet-io: ${failure}`);
  return installing ? 0 : 1;
}

/** Returns what went wrong, as a sentence, or undefined. */
function compile(sources) {
  const compiler = process.env.CC || "cc";
  const headers = createRequire(import.meta.url)("node-api-headers").include_dir;
  mkdirSync(dirname(output), { recursive: true });
  // Two builds may run at once and a running process may have the old file mapped: write aside, then rename.
  const temporary = `${output}.${process.pid}`;
  const included = ["-I", NATIVE, "-isystem", headers];
  const run = spawnSync(compiler, [...FLAGS, ...DEFINES, ...included, "-o", temporary, ...sources, ...LINKER], {
    stdio: "inherit",
  });
  if (run.error?.code === "ENOENT") {
    return `the C compiler "${compiler}" is missing: install gcc (Debian, Ubuntu: apt-get install gcc libc6-dev), then run the build again`;
  }
  if (run.error !== undefined) return `the C compiler "${compiler}" could not be started: ${run.error.message}`;
  if (run.status !== 0) {
    rmSync(temporary, { force: true });
    return `the C compiler "${compiler}" failed (see above); are the headers there (Debian, Ubuntu: apt-get install libc6-dev)?`;
  }
  renameSync(temporary, output);
  return undefined;
}
