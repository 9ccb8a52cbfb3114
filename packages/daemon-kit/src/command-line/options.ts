/** Options that several programs have, and parsers of option values. */
import { InvalidArgumentError, Option } from "commander";

/** `-c, --config FILE`. @param description a sentence @param defaultPath left out, the option has no default */
export function configOption(description: string, defaultPath?: string): Option {
  const option = new Option("-c, --config <file>", description).argParser(parsePath);
  return defaultPath === undefined ? option : option.default(defaultPath);
}

/** `-s, --socket PATH`: the control socket of a daemon. @param description a sentence */
export function socketOption(description: string): Option {
  return new Option("-s, --socket <path>", description).argParser(parsePath);
}

/** `--json`. @param description a sentence */
export function jsonOption(description = "Print JSON."): Option {
  return new Option("--json", description);
}

/** A path, which must not be empty: an empty one is mostly a variable of a script that was not set. */
export function parsePath(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("Expected a path; an empty one was given.");
}

/** A parser of whole numbers. @param unit plural, as in "seconds"; left out, they are plain numbers */
export function wholeNumber(min: number, max: number, unit?: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    const what = unit === undefined ? "a whole number" : `a whole number of ${unit}`;
    throw new InvalidArgumentError(`Expected ${what} from ${min} to ${max}.`);
  };
}

/** A parser for an option that may be given several times. @param parse checks and converts each value */
export function repeatable<Value>(
  parse: (text: string) => Value,
): (text: string, before: readonly Value[] | undefined) => readonly Value[] {
  return (text, before) => [...(before ?? []), parse(text)];
}
