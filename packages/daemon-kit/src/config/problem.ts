/** A place in a file: 1-based line and column. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a configuration. */
export interface ConfigProblem extends Partial<Place> {
  /** Dotted key as it would be written in TOML, such as `local-exit.pool[1].tcp`; empty for a syntax error. */
  readonly key: string;
  /** What is expected and what was found, or why the value is refused. */
  readonly message: string;
}

/**
 * `file:line:column: key: message`, the form that editors and people know from compilers. What has no place in the file
 * stands on the command line.
 */
export function formatProblem(file: string, { line, column, key, message }: ConfigProblem): string {
  const place = line === undefined ? "the command line" : `${file}:${line}:${column}`;
  return `${place}: ${key === "" ? "" : `${key}: `}${message}`;
}

/** A path into the file's data as TOML would write it. */
export function formatKey(path: readonly PropertyKey[]): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    return key === "" ? String(part) : `${key}.${String(part)}`;
  }, "");
}

/** A value from the file, short enough for one line. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : shorten(JSON.stringify(value));
  if (value !== null && typeof value === "object") {
    return value instanceof Date ? `the date ${value.toISOString()}` : "a table";
  }
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  return shorten(JSON.stringify(value));
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
