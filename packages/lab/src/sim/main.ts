/** `npm run sim`: runs a simulation, prints a summary or JSON on standard output, progress on standard error. */
import { endOnBrokenPipe } from "../broken-pipe.ts";
import { isUsageError } from "../is-usage-error.ts";
import { readOptions } from "./command-line.ts";
import { progressLine, summary } from "./report.ts";
import { runSimulation } from "./run.ts";

endOnBrokenPipe();
try {
  const { json, ...options } = readOptions(process.argv.slice(2));
  const startedAt = performance.now();
  const report = runSimulation(options, (progress) => process.stderr.write(`${progressLine(progress)}\n`));
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(json ? `${JSON.stringify({ ...report, seconds }, null, 2)}\n` : summary(report, seconds));
  process.exitCode = report.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`sim: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = isUsageError(error) ? 2 : 1;
}
