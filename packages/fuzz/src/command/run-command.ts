/** `npm run fuzz`. */
import { readFileSync } from "node:fs";
import { crashOf } from "../findings/finding.ts";
import { fuzzTarget } from "../run/fuzz-target.ts";
import { keepFound, readInputs, saveCorpus, writeFinding } from "../run/work-files.ts";
import type { Target } from "../target.ts";
import { TARGETS, type TargetEntry } from "../targets/index.ts";
import { type CommandOptions, HELP, readOptions, UsageError } from "./options.ts";
import { Progress } from "./progress.ts";
import { type Turn, turns } from "./turns.ts";

/** Runs the command. Returns its exit code. @param signal ends the run; inputs found so far are kept */
export async function runCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  const names = TARGETS.map(({ name }) => name);
  try {
    const options = readOptions(args, names, Math.floor(Math.random() * 2 ** 32));
    if (options.action === "help") process.stdout.write(HELP);
    else if (options.action === "list") process.stdout.write(names.map((name) => `${name}\n`).join(""));
    else if (options.replay !== undefined) return await replay(entryOf(options.targets[0]), options.replay);
    else return await fuzz(options, signal);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
}

async function fuzz(options: CommandOptions, signal: AbortSignal): Promise<number> {
  process.stdout.write(`seed ${options.seed}\n`);
  const progress = new Progress(process.stdout);
  const known = new Set<string>();
  let total = 0;
  let round = 0;
  for (const turn of turns(options)) {
    if (signal.aborted) break;
    total += await takeTurn(turn, options, options.seed + round++, { progress, known, signal });
  }
  process.stdout.write(`${total.toLocaleString("en")} inputs in total, ${known.size} faults found\n`);
  return known.size === 0 ? 0 : 1;
}

interface Surroundings {
  readonly progress: Progress;
  /** Signatures of the findings so far. */
  readonly known: Set<string>;
  readonly signal: AbortSignal;
}

/** Returns the number of inputs. */
async function takeTurn(turn: Turn, options: CommandOptions, seed: number, around: Surroundings): Promise<number> {
  const { progress, known, signal } = around;
  const { target, forMs, inputs } = turn;
  const startMs = performance.now();
  const result = await fuzzTarget({
    ...entryOf(target),
    seed,
    corpus: readInputs(target),
    forMs,
    inputs,
    signal,
    shouldMinimize: options.shouldSaveCorpus,
    onFinding(finding) {
      const signature = `${target} ${finding.signature}`;
      if (known.has(signature)) return;
      known.add(signature);
      progress.finding(target, finding, writeFinding(options.findings, target, finding));
    },
    onProgress: (count, state) => progress.show(target, count, state, known.size, startMs),
  });
  if (!options.shouldSaveCorpus) keepFound(target, result.corpus);
  else if (result.corpus.length > 0) saveCorpus(target, result.corpus);
  progress.end(target, result.inputs, result.state, known.size, startMs);
  return result.inputs;
}

/** Runs one input, without a worker and without instrumentation, so that a debugger sees the code as it is. */
async function replay({ name, module }: TargetEntry, path: string): Promise<number> {
  const { target } = (await import(module)) as { readonly target: Target };
  const input = readInput(path);
  try {
    target.run(input);
  } catch (error) {
    process.stdout.write(`${crashOf(error, input).text}\n`);
    return 1;
  }
  process.stdout.write(`${name}: no fault with this input.\n`);
  return 0;
}

function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function entryOf(name: string): TargetEntry {
  const entry = TARGETS.find((target) => target.name === name);
  if (entry === undefined) throw new UsageError(`There is no target "${name}". See --list.`);
  return entry;
}
