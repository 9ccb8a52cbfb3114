import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** Making namespaces takes root; tests without them are skipped. */
export const canMakeNamespaces: boolean = process.getuid?.() === 0;

let made = 0;

/**
 * Runs `test/scenarios/<name>.mjs` in a network namespace of its own and returns what it reported. A scenario that
 * fails, or takes longer than 30 s, fails the test with its output.
 */
export function runScenario<Report>(name: string, ...args: string[]): Report {
  const namespace = `nat64-${process.pid}-io${made++}`;
  execFileSync("ip", ["netns", "add", namespace]);
  onTestFinished(() => {
    execFileSync("ip", ["netns", "delete", namespace]);
  });
  const script = fileURLToPath(new URL(`../scenarios/${name}.mjs`, import.meta.url));
  const run = spawnSync("ip", ["netns", "exec", namespace, process.execPath, script, ...args], {
    encoding: "utf8",
    timeout: 30_000,
  });
  if (run.status !== 0) {
    throw new Error(`scenario ${name} ended with ${run.status ?? run.signal}:\n${run.stdout}${run.stderr}`);
  }
  return JSON.parse(run.stdout.trimEnd().split("\n").at(-1) ?? "") as Report;
}
