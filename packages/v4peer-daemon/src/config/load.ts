/** A configuration from a file, from the command line, or from both. The command line overrides the file. */
import {
  ConfigFileError,
  checkDocument,
  type Parsed,
  parseToml,
  readConfigFile,
  type TomlDocument,
} from "@nat64/daemon-kit/config";
import type { ConfigFile } from "./config-file.ts";
import { configSchema } from "./keys.ts";

/** Keys from the command line, in the shape of the file. */
export type Overrides = { readonly [key: string]: unknown };

/** Reads and checks. Without a path the overrides have to be enough. Throws a `ConfigFileError`. */
export function loadConfig(path: string | undefined, overrides: Overrides = {}): ConfigFile {
  const source = path ?? "";
  const document = path === undefined ? EMPTY : parseToml(readConfigFile(path));
  if (!("data" in document)) throw new ConfigFileError(source, [document]);
  const checked = checkDocument(override(document, overrides), configSchema);
  if ("file" in checked) return checked.file;
  throw new ConfigFileError(source, checked.problems);
}

/** Checks the text of a configuration file: the configuration, or everything that is wrong with it. */
export function parseConfig(text: string): Parsed<ConfigFile> {
  const document = parseToml(text);
  if (!("data" in document)) return [document];
  const checked = checkDocument(document, configSchema);
  return "file" in checked ? checked.file : checked.problems;
}

const EMPTY: TomlDocument = { data: {}, placeOf: () => undefined };

/** Values from the command line have no place in the file. */
function override(document: TomlDocument, overrides: Overrides): TomlDocument {
  return {
    data: merge(document.data, overrides) as Record<string, unknown>,
    placeOf: (path) => (isGiven(overrides, path) ? undefined : document.placeOf(path)),
  };
}

/** Tables are merged key by key; everything else is replaced. */
function merge(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isTable(below) || !isTable(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(below[key], above[key])]));
}

/** Whether a key, or a list that it is in, is on the command line. */
function isGiven(overrides: Overrides, path: readonly PropertyKey[]): boolean {
  let value: unknown = overrides;
  for (const part of path) value = isTable(value) ? value[String(part)] : value;
  return value !== undefined && !isTable(value);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
