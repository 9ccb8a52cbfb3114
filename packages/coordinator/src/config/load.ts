import {
  ConfigFileError,
  type ConfigProblem,
  checkDocument,
  parseToml,
  readConfigFile,
} from "@nat64/daemon-kit/config";
import { crossCheck } from "./cross-checks.ts";
import type { ConfigFile } from "./file.ts";
import { configSchema } from "./schema.ts";

/** Where the configuration is looked for when nothing else is said. */
export const DEFAULT_CONFIG_PATH = "/etc/nat64-coordinator/coordinator.toml";

/** Reads and checks a file. Throws a `ConfigFileError`, for a file that cannot be read too. */
export function loadConfig(path: string): ConfigFile {
  const result = parseConfig(readConfigFile(path));
  if (Array.isArray(result)) throw new ConfigFileError(path, result);
  return result as ConfigFile;
}

/** Checks the text of a configuration file: the configuration, or everything that is wrong with it. */
export function parseConfig(text: string): ConfigFile | readonly ConfigProblem[] {
  const document = parseToml(text);
  if (!("data" in document)) return [document];
  const checked = checkDocument(document, configSchema(document.data.lab === true), crossCheck);
  return "file" in checked ? checked.file : checked.problems;
}
