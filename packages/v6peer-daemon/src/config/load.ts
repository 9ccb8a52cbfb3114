import { checkDocument, loadFile, type Parsed, parseToml } from "@nat64/daemon-kit/config";
import { crossCheck } from "./cross-checks.ts";
import { configSchema } from "./keys.ts";
import { type DaemonConfig, resolveConfig } from "./resolve.ts";

/** Default path of the configuration. */
export const DEFAULT_CONFIG_PATH = "/etc/v6peer/v6peer.toml";

/** Reads and checks a file. Throws a `ConfigFileError`, also if the file cannot be read. */
export function loadConfig(path: string): DaemonConfig {
  return loadFile(path, parseConfig);
}

/** Checks the text of a configuration file. Returns the configuration or all problems. */
export function parseConfig(text: string): Parsed<DaemonConfig> {
  const document = parseToml(text);
  if (!("data" in document)) return [document];
  const checked = checkDocument(document, configSchema(document.data.lab === true), crossCheck);
  return "file" in checked ? resolveConfig(checked.file) : checked.problems;
}
