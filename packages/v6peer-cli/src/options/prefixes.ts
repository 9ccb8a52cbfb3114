/** Options that `v6peer prefixes` and `v6peer dns64` have in common. */
import { isHttpUrl, refuseTarget } from "@nat64/v6peer-daemon/config";
import { InvalidArgumentError, Option } from "commander";
import { repeatableOption } from "./common.ts";

/** `--list`: URL of the coordinator's list of prefixes. */
export function listOption(): Option {
  return new Option("--list <url>", "URL of the coordinator's list of prefixes (default: ask v6peerd).").argParser(
    (value: string) => {
      if (isHttpUrl(value)) return value;
      throw new InvalidArgumentError("Expected a URL such as https://coordinator.example.net/prefixes.");
    },
  );
}

/** `--target`, which may be repeated. */
export function targetOption(): Option {
  const text = "An IPv4 host and TCP port to connect to through each prefix.";
  return repeatableOption("--target <address:port>", text, (value) => {
    // Documentation addresses are allowed here: only the configuration says whether this is a lab, and a wrong target
    // harms nobody but the user.
    const problem = problemOf(value);
    if (problem !== undefined) throw new InvalidArgumentError(problem);
  });
}

function problemOf(value: string): string | undefined {
  try {
    return refuseTarget(value, true);
  } catch (error) {
    return (error as Error).message;
  }
}
