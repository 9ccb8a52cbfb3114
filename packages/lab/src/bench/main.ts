/**
 * `npm run bench -- local`, `-- peer`: measures, prints a table or JSON on standard output, progress on standard error.
 * `-- picture`: draws a saved result.
 */
import { writeFileSync } from "node:fs";
import { UsageError } from "@nat64/daemon-kit/command-line";
import { endOnBrokenPipe } from "../broken-pipe.ts";
import { isUsageError } from "../is-usage-error.ts";
import { runBench } from "./bench.ts";
import { BENCHES } from "./contenders.ts";
import { benchOptions, pictureOptions } from "./options.ts";
import { picture } from "./picture/picture.ts";
import { readReport } from "./saved-report.ts";
import { table } from "./table.ts";

const MEASUREMENT_FAILED = 1;
const USAGE = 2;
const GOAL_MISSED = 3;

/** Measures. Returns the exit code. */
async function measure(what: string, args: readonly string[]): Promise<number> {
  const { json, goals, svg, ...options } = benchOptions(what, args);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const report = await runBench(what, options.contenders, { ...options, onProgress: say });
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : table(report, { goals }));
  if (svg !== undefined) writeFileSync(svg, picture(report));
  if (report.failures.length > 0) return MEASUREMENT_FAILED;
  return goals && report.goals.some(({ met }) => met === false) ? GOAL_MISSED : 0;
}

/** Draws a saved result. Returns the exit code. */
function draw(args: readonly string[]): number {
  const { result, svg } = pictureOptions(args);
  const drawn = picture(readReport(result));
  if (svg === undefined) process.stdout.write(drawn);
  else writeFileSync(svg, drawn);
  return 0;
}

endOnBrokenPipe();
try {
  const [what = "", ...args] = process.argv.slice(2);
  const known = [...Object.keys(BENCHES), "picture"];
  if (!known.includes(what)) throw new UsageError(`name a bench: ${known.join(", ")}`);
  process.exitCode = what === "picture" ? draw(args) : await measure(what, args);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = isUsageError(error) ? USAGE : MEASUREMENT_FAILED;
}
