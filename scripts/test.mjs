// npm test: everything, unit and namespaces. The last line reads "N passed, N failed, N skipped".
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isRoot } from "./lib/machine.mjs";
import { note } from "./lib/say.mjs";
import { setUp } from "./lib/set-up.mjs";
import { local, runHere } from "./lib/workspace.mjs";

const HELP = `npm test [-- VITEST OPTIONS]

Installs what is missing, builds, and runs every test; without root those that need it are skipped.
Options go to vitest, for example: npm test -- --project rfc6052
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
let counts = { passed: 0, failed: 1, skipped: 0 }; // what holds if nothing gets as far as a test
process.on("exit", () => {
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
});
await setUp("test");
if (!isRoot) note("Not root: tests in network namespaces are skipped.");

const folder = mkdtempSync(`${tmpdir()}/nat64-test-`);
const report = `${folder}/report.json`;
// A busy machine must not fail a test: the limits only end what hangs.
const limits = ["--testTimeout=120000", "--hookTimeout=120000"];
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const exitCode = await runHere(local("vitest"), ["run", ...limits, ...reporters, ...args]);
counts = count(report, exitCode);
rmSync(folder, { recursive: true, force: true });
process.exit(exitCode !== 0 || counts.failed > 0 ? 1 : 0);

/** Counts tests. A file that does not load, and a run that failed without a failed test, count as one failure each. */
function count(file, code) {
  const { testResults = [] } = readReport(file);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of testResults) {
    for (const test of assertionResults) counts[kind(test.status)] += 1;
    if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) counts.failed += 1;
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function kind(status) {
  return status === "passed" || status === "failed" ? status : "skipped";
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // vitest ended before it wrote one; its exit code tells
  }
}
