/** Options and values that several commands have in common. */
import { DEFAULT_SOCKET } from "@nat64/v6peer-daemon/client";
import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import { InvalidArgumentError, Option } from "commander";

/** `--config`: the configuration of v6peerd. */
export function configOption(): Option {
  return new Option("-c, --config <file>", `the configuration of v6peerd (default: ${DEFAULT_CONFIG_PATH})`).argParser(
    parsePath,
  );
}

/** `--socket`: the control socket of v6peerd. */
export function socketOption(): Option {
  return new Option(
    "-s, --socket <path>",
    `the control socket (default: as configured, or ${DEFAULT_SOCKET})`,
  ).argParser(parsePath);
}

/** Parses a path. An empty one is usually an unset variable of a script: throws an `InvalidArgumentError`. */
export function parsePath(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("Expected a path; an empty one was given.");
}

/** `--json`: one JSON value. */
export function jsonOption(): Option {
  return new Option("--json", "print JSON");
}

/** `--json`: one JSON object on each line. */
export function jsonLinesOption(): Option {
  return new Option("--json", "print one JSON object per line");
}

/** `--watch`: seconds between two looks at the daemon, `true` for the default. */
export function watchOption(): Option {
  return new Option("-w, --watch [seconds]", "refresh every second (or every SECONDS) until interrupted").argParser(
    (text: string) => {
      const seconds = Number(text);
      if (seconds >= 0.1 && seconds <= 3600) return seconds;
      throw new InvalidArgumentError("Expected seconds from 0.1 to 3600.");
    },
  );
}

/** An option that may be repeated. @param check throws an `InvalidArgumentError` */
export function repeatableOption(
  flags: string,
  description: string,
  check: (value: string) => void = () => {},
): Option {
  return new Option(flags, `${description}; may be repeated`).argParser(
    (value: string, before: readonly string[] | undefined) => {
      check(value);
      return [...(before ?? []), value];
    },
  );
}

/** Parses a whole number in decimal digits within bounds; throws an `InvalidArgumentError`. @param what as in "whole seconds" */
export function wholeNumber(min: number, max: number, what: string = "a whole number"): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected ${what} from ${min} to ${max}.`);
  };
}
