import { fileReasonOf } from "../system/index.ts";
import { ConfigFileError } from "./config-file-error.ts";
import { readBounded } from "./read-bounded.ts";
import { MAX_FILE_BYTES } from "./toml.ts";

/** The text of a configuration file. Throws a {@link ConfigFileError} for one that cannot be read. */
export function readConfigFile(path: string): string {
  try {
    return readBounded(path, MAX_FILE_BYTES);
  } catch (error) {
    const reason = fileReasonOf(error) ?? (error as Error).message;
    const problem = { line: 1, column: 1, key: "", message: `cannot be read: ${reason}` };
    throw new ConfigFileError(path, [problem]);
  }
}
