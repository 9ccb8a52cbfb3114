/** Options and values that several commands have in common. */
import { configOption as namedConfig, socketOption as namedSocket, repeatable } from "@nat64/daemon-kit/command-line";
import { DEFAULT_SOCKET } from "@nat64/v6peer-daemon/client";
import { DEFAULT_CONFIG_PATH } from "@nat64/v6peer-daemon/config";
import { InvalidArgumentError, Option } from "commander";

/** `--config`: the configuration of v6peerd. */
export function configOption(): Option {
  return namedConfig(`The configuration of v6peerd (default: ${DEFAULT_CONFIG_PATH}).`);
}

/** `--socket`: the control socket of v6peerd. */
export function socketOption(): Option {
  return namedSocket(`The control socket (default: as configured, or ${DEFAULT_SOCKET}).`);
}

/** `--json`: one JSON object on each line. */
export function jsonLinesOption(): Option {
  return new Option("--json", "Print one JSON object per line.");
}

/** `--watch`: seconds between two looks at the daemon, `true` for the default. */
export function watchOption(): Option {
  return new Option("-w, --watch [seconds]", "Refresh every second (or every SECONDS) until interrupted.").argParser(
    (text: string) => {
      const seconds = Number(text);
      if (seconds >= 0.1 && seconds <= 3600) return seconds;
      throw new InvalidArgumentError("Expected seconds from 0.1 to 3600.");
    },
  );
}

/** An option that may be repeated. @param description a sentence @param check throws an `InvalidArgumentError` */
export function repeatableOption(
  flags: string,
  description: string,
  check: (value: string) => void = () => {},
): Option {
  const parse = repeatable((value: string) => {
    check(value);
    return value;
  });
  return new Option(flags, `${description} May be repeated.`).argParser(parse);
}
