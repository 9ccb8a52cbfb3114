// npm packages and the build.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { fail, step } from "./say.mjs";

/** The root of the repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  NO_UPDATE_NOTIFIER: "1",
  CI: process.env.CI ?? "1", // nothing may stop and ask
};

/** Installs exactly what the lockfile names, with the version of pnpm that package.json names. */
export function installNpmPackages() {
  const { packageManager } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  step(`npm packages (${packageManager})`);
  runOrFail("npx", ["-y", packageManager, "install", "--frozen-lockfile"], "npm packages could not be installed");
}

/** Builds every package that changed. */
export function build() {
  step("Build");
  runOrFail(local("turbo"), ["run", "build", "--output-logs=errors-only"], "the build failed");
}

/** The path of a program from the root's devDependencies. */
export function local(name) {
  return `${ROOT}node_modules/.bin/${name}`;
}

/** Runs a program in the root of the repository with the terminal as its own, and returns its exit code. */
export function runHere(program, args, stdio = "inherit") {
  // Ctrl-C reaches the program, too; this one waits for it to clean up.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  const env = { ...environment, PATH: `${process.env.PATH}${delimiter}${ROOT}node_modules/.bin` };
  const { status, signal, error } = spawnSync(program, args, { cwd: ROOT, stdio, env });
  process.off("SIGINT", ignore);
  if (error) fail(`cannot run ${program}: ${error.message}`);
  return status ?? 128 + (signal === "SIGINT" ? 2 : 15);
}

function runOrFail(program, args, what) {
  const code = runHere(program, args, ["inherit", 2, 2]);
  if (code !== 0) fail(`${what} (exit code ${code}); what was printed above says why`, code > 128 ? code : 1);
}
