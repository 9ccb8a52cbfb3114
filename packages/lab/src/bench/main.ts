/** `npm run bench -- local` or `-- peer`: measures, prints a table or JSON on standard output, progress on standard error. */
import { parseArgs } from "node:util";
import { endOnBrokenPipe } from "../broken-pipe.ts";
import { type Contender, runBench } from "./bench.ts";
import { BENCHES } from "./contenders.ts";
import type { RoundOptions } from "./rounds.ts";
import { table } from "./table.ts";

/** What was typed is wrong. */
class UsageError extends Error {}

interface Wanted extends RoundOptions {
  readonly contenders: readonly Contender[];
  readonly json: boolean;
}

function options(all: readonly Contender[], args: string[]): Wanted {
  const names = all.map(({ name }) => name);
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      only: { type: "string", default: names.join(",") },
    },
  });
  const only = values.only.split(",");
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`--only knows ${names.join(", ")}, not "${unknown}"`);
  return {
    json: values.json,
    contenders: all.filter(({ name }) => only.includes(name)),
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

endOnBrokenPipe();
try {
  const [what, ...args] = process.argv.slice(2);
  if (!Object.hasOwn(BENCHES, what ?? "")) throw new UsageError(`say which one: ${Object.keys(BENCHES).join(" or ")}`);
  const { json, contenders, ...rest } = options(BENCHES[what], args);
  const result = await runBench(what, contenders, rest);
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : table(result));
  process.exitCode = result.failures.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = isUsageError(error) ? 2 : 1;
}
