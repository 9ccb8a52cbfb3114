/** One thing that is wrong with a configuration file. */
export interface ConfigProblem {
  /** 1-based; 1 when the problem is something that is missing from the top of the file. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Dotted key as it would be written in TOML, such as `local-exit.pool[1].tcp`; empty for a syntax error. */
  readonly key: string;
  /** What is expected and what was found, or why the value is refused. */
  readonly message: string;
}

/** `file:line:column: key: message`, the form that editors and people know from compilers. */
export function formatProblem(file: string, problem: ConfigProblem): string {
  const key = problem.key === "" ? "" : `${problem.key}: `;
  return `${file}:${problem.line}:${problem.column}: ${key}${problem.message}`;
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
