// npm test and npm run test:long. The last line reads "N passed, N failed, N skipped".
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isRoot } from "./lib/machine.mjs";
import { note } from "./lib/say.mjs";
import { setUp } from "./lib/set-up.mjs";
import { addUp, countTests, secondsOf, writeSeconds } from "./lib/test-report.mjs";
import { local, runHere } from "./lib/workspace.mjs";

const HELP = `Usage:
  npm test [-- OPTIONS]            run all tests but the long ones
  npm run test:long [-- OPTIONS]   run the long tests: they install the Debian packages on a booted Debian, try
                                   every relay with every type of NAT, run the benches, and simulate a large network
  node scripts/test.mjs --all      run both, with one count

All of them install missing packages and build first. Without root, tests that need root are skipped.
OPTIONS are options of Vitest, for example: npm test -- --project rfc6052

  --write-seconds    save how long each file took in scripts/vitest/seconds.json, which decides what starts first
`;

const SHORT = { purpose: "test", config: "vitest.config.ts" };
const LONG = { purpose: "test:long", config: "vitest.long.config.ts" };

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
const take = (option) => args.includes(option) && args.splice(args.indexOf(option), 1).length > 0;
const runs = take("--all") ? [SHORT, LONG] : take("--long") ? [LONG] : [SHORT];
const shouldWriteSeconds = take("--write-seconds");

let counts = { passed: 0, failed: 1, skipped: 0 }; // if nothing gets as far as a test
process.on("exit", () => {
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
});
for (const { purpose } of runs) await setUp(purpose);
if (!isRoot) note("Not root: tests that need network namespaces are skipped.");

const results = [];
for (const run of runs) results.push(await runTests(run));
counts = addUp(results);
process.exitCode = results.some(({ exitCode, failed }) => exitCode !== 0 || failed > 0) ? 1 : 0;

/** Runs Vitest once. Returns the counts and its exit code. */
async function runTests({ config }) {
  const folder = mkdtempSync(`${tmpdir()}/nat64-test-`);
  const report = `${folder}/report.json`;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const exitCode = await runHere(local("vitest"), ["run", "--config", config, ...reporters, ...args]);
  const counted = countTests(report, exitCode);
  if (shouldWriteSeconds) writeSeconds(secondsOf(report));
  rmSync(folder, { recursive: true, force: true });
  return { ...counted, exitCode };
}
