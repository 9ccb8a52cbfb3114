/** Options that `v6peer prefixes` and `v6peer dns64` have in common, and how they are read. */
import { isHttpUrl, refuseTarget } from "@nat64/v6peer-daemon/config";
import { InvalidArgumentError, Option } from "commander";

/** Options that other commands have, too. */
export interface SharedOptions {
  readonly config: () => Option;
  readonly socket: () => Option;
  readonly json: () => Option;
}

/** `--list`. */
export function listUrl(): Option {
  return new Option("--list <url>", "the coordinator's list of prefixes (default: v6peerd is asked)").argParser(
    (value: string) => {
      if (isHttpUrl(value)) return value;
      throw new InvalidArgumentError("Expected a URL such as https://coordinator.example.net/prefixes.");
    },
  );
}

/** `--target`, which may be repeated. */
export function target(): Option {
  const text = "an IPv4 host that takes TCP connections, to be tried through prefixes";
  return repeated("--target <address:port>", text, (value) => {
    // Whether a laboratory's addresses will do is not known here; none harms anybody but whoever typed it.
    const problem = complaintAbout(value);
    if (problem !== undefined) throw new InvalidArgumentError(problem);
  });
}

/** An option that may be repeated. @param check throws an `InvalidArgumentError` */
export function repeated(flags: string, description: string, check: (value: string) => void = () => {}): Option {
  return new Option(flags, `${description}; may be repeated`).argParser(
    (value: string, before: readonly string[] | undefined) => {
      check(value);
      return [...(before ?? []), value];
    },
  );
}

/** Reads a whole number in bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

function complaintAbout(value: string): string | undefined {
  try {
    return refuseTarget(value, true);
  } catch (error) {
    return (error as Error).message;
  }
}
