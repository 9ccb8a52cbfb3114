import { readFileSync } from "node:fs";
import { crossCheck } from "./cross-checks.ts";
import type { ConfigFile } from "./file.ts";
import { type ConfigProblem, formatProblem } from "./problem.ts";
import { problemAt, problemsOf, sortProblems } from "./problems-of.ts";
import { configSchema } from "./schema.ts";
import { parseToml } from "./toml.ts";

/** Where the configuration is looked for when nothing else is said. */
export const DEFAULT_CONFIG_PATH = "/etc/nat64-coordinator/coordinator.toml";

/** A configuration file that cannot be used; `message` has a line for each problem. */
export class ConfigFileError extends Error {
  override readonly name: string = "ConfigFileError";
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => formatProblem(file, problem)).join("\n"));
    this.file = file;
    this.problems = problems;
  }
}

/** Reads and checks a file. Throws a {@link ConfigFileError}, for a file that cannot be read too. */
export function loadConfig(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: "there is no such file", EACCES: "no permission to read it", EISDIR: "it is a directory" }[
      code ?? ""
    ];
    throw new ConfigFileError(path, [{ line: 1, column: 1, key: "", message: `cannot be read: ${reason ?? message}` }]);
  }
  const result = parseConfig(text);
  if (Array.isArray(result)) throw new ConfigFileError(path, result);
  return result as ConfigFile;
}

/** Checks the text of a configuration file: the configuration, or everything that is wrong with it. */
export function parseConfig(text: string): ConfigFile | readonly ConfigProblem[] {
  const document = parseToml(text);
  if (!("data" in document)) return [document];
  const schema = configSchema(document.data.lab === true);
  const checked = schema.safeParse(document.data);
  if (!checked.success) return problemsOf(checked.error, schema, document);
  const complaints = crossCheck(checked.data);
  if (complaints.length === 0) return checked.data;
  return sortProblems(complaints.map(({ path, message }) => problemAt(document, path, message)));
}
