import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { addUp, countTests, secondsOf } from "../lib/test-report.mjs";
import { SECONDS_FILE } from "../vitest/longest-first.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const REPORT = fileURLToPath(new URL("report.json", import.meta.url));

it("the list of long test files names files that exist (npm test -- --write-seconds writes a new one)", () => {
  const files = Object.keys(JSON.parse(readFileSync(SECONDS_FILE, "utf8")));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !existsSync(`${ROOT}${file}`))).toEqual([]);
});

it("tests are counted by outcome; a file that does not load counts as one failure", () => {
  expect(countTests(REPORT, 1)).toEqual({ passed: 2, failed: 2, skipped: 2 });
});

it("a run that failed without a failed test counts as one failure, and so does one without a report", () => {
  expect(countTests("/nonexistent.json", 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(countTests("/nonexistent.json", 0)).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

it("two runs are added up", () => {
  const runs = [
    { passed: 3, failed: 1, skipped: 0 },
    { passed: 4, failed: 0, skipped: 2 },
  ];
  expect(addUp(runs)).toEqual({ passed: 7, failed: 1, skipped: 2 });
});

it("the seconds of files are listed with the longest first, without the short ones", () => {
  const seconds = Object.entries(secondsOf(REPORT));
  expect(seconds.map(([, each]) => each)).toEqual([70, 5]);
});
