import { checkDocument, loadFile, type Parsed, parseToml } from "@nat64/daemon-kit/config";
import type { ConfigFile } from "./config-file.ts";
import { crossCheck } from "./cross-checks.ts";
import { configSchema } from "./keys.ts";

/** The default path of the configuration file. */
export const DEFAULT_CONFIG_PATH = "/etc/nat64-coordinator/coordinator.toml";

/** Reads and checks a file. Throws a `ConfigFileError`, also if the file cannot be read. */
export function loadConfig(path: string): ConfigFile {
  return loadFile(path, parseConfig);
}

/** Checks the text of a configuration file. Returns the configuration, or everything that is wrong with it. */
export function parseConfig(text: string): Parsed<ConfigFile> {
  const document = parseToml(text);
  if (!("data" in document)) return [document];
  const checked = checkDocument(document, configSchema(document.data.lab === true), crossCheck);
  return "file" in checked ? checked.file : checked.problems;
}
