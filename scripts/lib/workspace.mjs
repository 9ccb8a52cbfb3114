// npm packages and the build.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { fail, note, step } from "./say.mjs";

/** The root of the repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  NO_UPDATE_NOTIFIER: "1",
  CI: process.env.CI ?? "1", // nothing may stop and ask
};

/** Installs exactly what the lockfile names, with the version of pnpm that package.json names. */
export async function installNpmPackages() {
  const { packageManager } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  step(`npm packages (${packageManager})`);
  if (isInstalled()) return note("already installed");
  // From elsewhere: inside the repository npx would take the pnpm in node_modules, which pnpm may be about to replace.
  const install = ["-y", packageManager, "--dir", ROOT, "install", "--frozen-lockfile"];
  await runOrFail("npx", install, "installing the npm packages failed", tmpdir());
}

/** Whether the last installation came to its end (pnpm then leaves a copy of the lockfile) and was of this lockfile. */
function isInstalled() {
  const [installed, wanted] = ["node_modules/.pnpm/lock.yaml", "pnpm-lock.yaml"].map((name) => `${ROOT}${name}`);
  return existsSync(installed) && readFileSync(installed).equals(readFileSync(wanted));
}

/** Builds every package that changed. */
export async function build() {
  step("Build");
  await runOrFail(local("turbo"), ["run", "build", "--output-logs=errors-only"], "the build failed");
}

/** The path of a program from the root's devDependencies. */
export function local(name) {
  return `${ROOT}node_modules/.bin/${name}`;
}

/**
 * Runs a program in the root of the repository with the terminal as its own, and returns its exit code. Signals go on to the
 * program, so that it can clean up; this one waits for it.
 */
export async function runHere(program, args, { stdio = "inherit", cwd = ROOT } = {}) {
  const env = { ...environment, PATH: `${process.env.PATH}${delimiter}${ROOT}node_modules/.bin` };
  const child = spawn(program, args, { cwd, stdio, env });
  const passOn = (signal) => {
    // Ctrl-C in a terminal reaches the program without us, and a second one may mean something else to it.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, passOn);
  const [code, signal] = await once(child, "close").catch((error) => fail(`cannot run ${program}: ${error.message}`));
  for (const signal of Object.keys(SIGNALS)) process.off(signal, passOn);
  return code ?? 128 + (SIGNALS[signal] ?? 0);
}

async function runOrFail(program, args, what, cwd = ROOT) {
  const code = await runHere(program, args, { stdio: ["inherit", 2, 2], cwd });
  if (code !== 0) fail(`${what} (exit code ${code}); see the output above`, code > 128 ? code : 1);
}
