/** The options of `npm run fuzz`. */
import { parseArgs } from "node:util";

export const HELP = `Usage: npm run fuzz -- [OPTIONS]

Fuzz parsers and state machines with coverage guidance. Without --for or --inputs, it runs until you press Ctrl-C.

  --target NAME     fuzz only this target; can be repeated
  --for TIME        stop after TIME in total: 90s, 2m, 8h
  --inputs N        stop after N inputs in total, divided evenly between the targets
  --turn TIME       let each target run this long at a time (default 30s)
  --seed N          seed of the random generator (default: random; printed at the start)
  --findings DIR    write inputs that show faults to DIR (default fuzz-findings)
  --replay FILE     run one input of the target, print the fault, and exit
  --save-corpus     at the end, write the smallest set of inputs with the same coverage to the corpus
  --list            list the targets
  --help            show this help

Exit codes: 0 no fault found, 1 faults found, 2 usage error.
`;

/** Options, checked. Times are in milliseconds. */
export interface CommandOptions {
  readonly targets: readonly string[];
  readonly forMs: number;
  readonly inputs: number;
  readonly turnMs: number;
  readonly seed: number;
  readonly findings: string;
  readonly replay?: string;
  readonly shouldSaveCorpus: boolean;
  readonly action: "fuzz" | "replay" | "list" | "help";
}

/** A usage error. The message is for people. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const MAX_SEED = 2 ** 32 - 1;

/** Reads options. Throws a {@link UsageError}. @param known names of the targets @param seed the default */
export function readOptions(args: readonly string[], known: readonly string[], seed: number): CommandOptions {
  const values = parse(args);
  const targets = values.target ?? known;
  for (const name of targets)
    if (!known.includes(name)) throw new UsageError(`There is no target "${name}". See --list.`);
  if (values.replay !== undefined && targets.length !== 1)
    throw new UsageError("--replay needs the target: add --target NAME.");
  return {
    targets,
    forMs: values.for === undefined ? Number.POSITIVE_INFINITY : milliseconds("--for", values.for),
    inputs: values.inputs === undefined ? Number.POSITIVE_INFINITY : whole("--inputs", values.inputs, 1e12),
    turnMs: milliseconds("--turn", values.turn),
    seed: values.seed === undefined ? seed : whole("--seed", values.seed, MAX_SEED),
    findings: values.findings,
    ...(values.replay !== undefined && { replay: values.replay }),
    shouldSaveCorpus: values["save-corpus"],
    action: values.help ? "help" : values.list ? "list" : values.replay === undefined ? "fuzz" : "replay",
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        target: { type: "string", multiple: true },
        for: { type: "string" },
        inputs: { type: "string" },
        turn: { type: "string", default: "30s" },
        seed: { type: "string" },
        findings: { type: "string", default: "fuzz-findings" },
        replay: { type: "string" },
        "save-corpus": { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function milliseconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS[unit] ?? 0);
  if (!(ms > 0)) throw new UsageError(`${option} wants a time such as 90s, 2m or 8h, not "${text}".`);
  return ms;
}

function whole(option: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new UsageError(`${option} wants a whole number from 1 to ${most}, not "${text}".`);
}
