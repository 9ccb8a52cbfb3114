import { ConfigFileError } from "./config-file-error.ts";
import { readBounded } from "./read-bounded.ts";
import { LARGEST_FILE } from "./toml.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "no permission to read it",
  EISDIR: "it is a directory",
};

/** The text of a configuration file. Throws a {@link ConfigFileError} for one that cannot be read. */
export function readConfigFile(path: string): string {
  try {
    return readBounded(path, LARGEST_FILE);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const problem = { line: 1, column: 1, key: "", message: `cannot be read: ${REASONS[code] ?? message}` };
    throw new ConfigFileError(path, [problem]);
  }
}
