import { ConfigFileError } from "./config-file-error.ts";
import type { ConfigProblem } from "./problem.ts";
import { readConfigFile } from "./read-file.ts";

/** What the text of a file comes to: a configuration, or everything that is wrong with it. */
export type Parsed<Config> = Config | readonly ConfigProblem[];

/** Reads and parses a file. Throws a {@link ConfigFileError}, also if the file cannot be read. */
export function loadFile<Config extends object>(path: string, parse: (text: string) => Parsed<Config>): Config {
  const parsed = parse(readConfigFile(path));
  if (isProblems(parsed)) throw new ConfigFileError(path, parsed);
  return parsed;
}

function isProblems<Config>(parsed: Parsed<Config>): parsed is readonly ConfigProblem[] {
  return Array.isArray(parsed);
}
