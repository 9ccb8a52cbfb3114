// What Vitest's JSON report says.
import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { ROOT } from "./workspace.mjs";

const SECONDS_FILE = `${ROOT}scripts/vitest/seconds.json`;
/** Files that take less than this many seconds may start in any order. */
const MIN_SECONDS = 3;

/** Counts tests. A file that does not load, and a run that failed without a failed test, count as one failure each. */
export function countTests(file, exitCode) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of resultsIn(file)) {
    for (const test of assertionResults) counts[kindOf(test.status)] += 1;
    if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) counts.failed += 1;
  }
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** The sum of several counts. */
export function addUp(all) {
  const sum = (key) => all.reduce((total, counts) => total + counts[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/** Seconds that each test file took, by its path from the root; the longest first, short ones left out. */
export function secondsOf(file) {
  const seconds = resultsIn(file).map(({ name, startTime, endTime }) => [
    relative(ROOT, name),
    Math.round((endTime - startTime) / 1000),
  ]);
  return Object.fromEntries(seconds.filter(([, each]) => each >= MIN_SECONDS).sort(([, a], [, b]) => b - a));
}

/** Saves seconds for `scripts/vitest/longest-first.ts`. */
export function writeSeconds(seconds) {
  writeFileSync(SECONDS_FILE, `${JSON.stringify(seconds, null, 2)}\n`);
}

function kindOf(status) {
  return status === "passed" || status === "failed" ? status : "skipped";
}

function resultsIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).testResults ?? [];
  } catch {
    return []; // Vitest ended before it wrote a report; its exit code tells
  }
}
