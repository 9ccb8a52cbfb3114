/** A configuration from a file, from the command line, or from both: what stands on the command line wins. */
import { readFileSync } from "node:fs";
import type { ConfigFile } from "./file.ts";
import { configSchema } from "./schema.ts";
import { type ConfigProblem, formatKey, parseToml, type TomlDocument } from "./toml.ts";

/** A configuration that cannot be used; `message` has a line for each problem. */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(source: string, problems: readonly ConfigProblem[]) {
    const places = problems.map(({ line, key, message }) => {
      const place = line === undefined ? source : `${source}:${line}`;
      return key === "" ? `${place}: ${message}` : `${place}: ${key}: ${message}`;
    });
    super(places.join("\n"));
    this.problems = problems;
  }
}

/** Keys from the command line, in the shape of the file. */
export type Overrides = { readonly [key: string]: unknown };

/** Reads and checks. Without a path the overrides have to be enough. Throws a {@link ConfigError}. */
export function loadConfig(path: string | undefined, overrides: Overrides = {}): ConfigFile {
  const source = path ?? "the command line";
  const document = path === undefined ? EMPTY : parseToml(readText(path));
  if (!("data" in document)) throw new ConfigError(source, [document]);
  const checked = configSchema.safeParse(merge(document.data, overrides));
  if (checked.success) return checked.data;
  throw new ConfigError(
    source,
    checked.error.issues.flatMap((issue): readonly ConfigProblem[] => {
      if (issue.code !== "unrecognized_keys") {
        return [{ line: document.lineOf(issue.path), key: formatKey(issue.path), message: issue.message }];
      }
      return issue.keys.map((key) => {
        const where = [...issue.path, key];
        return { line: document.lineOf(where), key: formatKey(where), message: "there is no such key" };
      });
    }),
  );
}

const EMPTY: TomlDocument = { data: {}, lineOf: () => undefined };

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "there is no such file",
      EACCES: "no permission to read it",
      EISDIR: "it is a directory",
    };
    throw new ConfigError(path, [{ line: undefined, key: "", message: reasons[code ?? ""] ?? message }]);
  }
}

/** Tables are merged key by key; everything else is replaced. */
function merge(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isTable(below) || !isTable(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(below[key], above[key])]));
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
