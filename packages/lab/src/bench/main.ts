/** `npm run bench -- local`: measures, prints a table or JSON on standard output, progress on standard error. */
import { parseArgs } from "node:util";
import { TRANSLATORS } from "../translators/all.ts";
import { benchLocal, type LocalBenchOptions } from "./local.ts";
import { table } from "./table.ts";

const NAMES = TRANSLATORS.map(({ name }) => name);

/** What was typed is wrong. */
class UsageError extends Error {}

function options(args: string[]): LocalBenchOptions & { json: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      only: { type: "string", default: NAMES.join(",") },
    },
  });
  const only = values.only.split(",");
  const unknown = only.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new UsageError(`--only knows ${NAMES.join(", ")}, not "${unknown}"`);
  return {
    json: values.json,
    only,
    rounds: wholeNumber("--rounds", values.rounds, 100),
    seconds: wholeNumber("--seconds", values.seconds, 600),
    onProgress: (text) => process.stderr.write(`${text}\n`),
  };
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new UsageError(`${option} wants a whole number from 1 to ${most}, not "${text}"`);
  }
  return value;
}

/** `parseArgs` reports an unknown option with such a code. */
function isUsageError(error: unknown): boolean {
  return error instanceof UsageError || String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS");
}

try {
  const { json, ...rest } = options(process.argv.slice(2));
  const result = await benchLocal(rest);
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : table(result));
  process.exitCode = result.failures.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = isUsageError(error) ? 2 : 1;
}
