/** The options of `bench local`, `bench peer` and `bench picture`. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "@nat64/daemon-kit/command-line";
import { other } from "../translators/other.ts";
import type { Translator } from "../translators/translator.ts";
import { tundra } from "../translators/tundra.ts";
import type { Contender } from "./bench.ts";
import { BENCHES } from "./contenders.ts";
import { PROBES, probesCalled } from "./probes/all.ts";
import type { Probe } from "./probes/probe.ts";

/** What to measure, and what to do with the result. */
export interface BenchOptions {
  readonly contenders: readonly Contender[];
  readonly probes: readonly Probe[];
  readonly rounds: number;
  readonly seconds: number;
  readonly json: boolean;
  readonly goals: boolean;
  /** Where to put the picture, an absolute path. */
  readonly svg: string | undefined;
}

/** Reads the options of a bench. Throws {@link UsageError}, or what `parseArgs` throws. */
export function benchOptions(what: string, args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      goals: { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      only: { type: "string" },
      probes: { type: "string" },
      svg: { type: "string" },
      tundra: { type: "string" },
      other: { type: "string", multiple: true, default: [] },
    },
  });
  const more = [
    ...(values.tundra === undefined ? [] : [tundra(program("--tundra", values.tundra))]),
    ...values.other.map(others),
  ];
  const { takesMore, contenders } = BENCHES[what];
  if (more.length > 0 && !takesMore)
    throw new UsageError(`--tundra and --other only work with "local", not with "${what}"`);
  const all = contenders(more);
  return {
    contenders: chosen(all, values.only),
    probes: values.probes === undefined ? PROBES : probes(values.probes),
    rounds: wholeNumber("--rounds", values.rounds, 100),
    seconds: wholeNumber("--seconds", values.seconds, 600),
    json: values.json,
    goals: values.goals,
    svg: values.svg === undefined ? undefined : newFile("--svg", values.svg),
  };
}

/** What to draw, and where; without `svg` on standard output. */
export interface PictureOptions {
  readonly result: string;
  readonly svg: string | undefined;
}

/** Reads the options of `picture`. Throws {@link UsageError}, or what `parseArgs` throws. */
export function pictureOptions(args: readonly string[]): PictureOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { svg: { type: "string" } },
    allowPositionals: true,
  });
  if (positionals.length !== 1) throw new UsageError("picture needs exactly one file: the --json output of a bench");
  return {
    result: asTyped(positionals[0]),
    svg: values.svg === undefined ? undefined : newFile("--svg", values.svg),
  };
}

function chosen(all: readonly Contender[], only: string | undefined): readonly Contender[] {
  const names = all.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`"${twice}" already exists; choose another name for --other`);
  const wanted = only?.split(",") ?? names;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`unknown name "${unknown}" in --only; known: ${names.join(", ")}`);
  return all.filter(({ name }) => wanted.includes(name));
}

/** Picks probes, in their own order. */
function probes(list: string): readonly Probe[] {
  const wanted = list.split(",").flatMap((name) => {
    const called = probesCalled(name);
    if (called.length > 0) return called;
    throw new UsageError(
      `unknown name "${name}" in --probes; known, also by prefix: ${PROBES.map((probe) => probe.name).join(", ")}`,
    );
  });
  return PROBES.filter((probe) => wanted.includes(probe));
}

function others(text: string): Translator {
  const [, name, path] = /^([a-z][a-z0-9-]{0,30})=(.+)$/.exec(text) ?? [];
  if (name === undefined)
    throw new UsageError(
      `--other must be NAME=PROGRAM, with a name of lower-case letters, digits and "-", not "${text}"`,
    );
  return other(name, program("--other", path));
}

/** The absolute path of a program that is there. */
function program(option: string, path: string): string {
  const file = asTyped(path);
  try {
    accessSync(file, constants.X_OK);
    if (statSync(file).isFile()) return file;
  } catch {
    // reported below
  }
  throw new UsageError(`${option} must be the path of a program, but "${path}" is not executable`);
}

/** The absolute path of a file that can be written. Asked before anything is measured. */
function newFile(option: string, path: string): string {
  const file = asTyped(path);
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw new UsageError(`${option}: cannot write to ${dirname(file)}`);
  }
  return file;
}

/** npm changes to the root of the repository; a path means where the command was typed. */
function asTyped(path: string): string {
  return resolve(process.env.INIT_CWD ?? ".", path);
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new UsageError(`${option} must be a whole number from 1 to ${max}, not "${text}"`);
  }
  return value;
}
