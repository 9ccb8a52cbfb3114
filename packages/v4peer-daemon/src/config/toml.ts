/** TOML text to data, with the line of every key: what a good error message needs. */
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from "toml-eslint-parser";

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** 1-based; `undefined` for what comes from the command line. */
  readonly line: number | undefined;
  /** Dotted key as TOML has it; empty for a syntax error. */
  readonly key: string;
  /** What is expected, or why the value is refused. */
  readonly message: string;
}

/** A parsed file. */
export interface TomlDocument {
  readonly data: Record<string, unknown>;
  /** The line of a key, or of its nearest parent that is written. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** Parses TOML 1.0. A syntax error is returned, not thrown. */
export function parseToml(text: string): TomlDocument | ConfigProblem {
  try {
    const program = parseTOML(text);
    const lines = new Map<string, number>();
    for (const node of program.body[0].body) collect(node, [], lines);
    const lineOf = (path: readonly PropertyKey[]): number | undefined => {
      for (let length = path.length; length > 0; length--) {
        const line = lines.get(formatKey(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return undefined;
    };
    return { data: getStaticTOMLValue(program) as Record<string, unknown>, lineOf };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { line: error.lineNumber, key: "", message: `not valid TOML: ${error.message}` };
  }
}

/** A path into the data as TOML would write it. */
export function formatKey(path: readonly PropertyKey[]): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    return key === "" ? String(part) : `${key}.${String(part)}`;
  }, "");
}

function collect(
  node: AST.TOMLTable | AST.TOMLKeyValue,
  parent: readonly PropertyKey[],
  lines: Map<string, number>,
): void {
  if (node.type === "TOMLTable") {
    note(node.resolvedKey, node, lines);
    for (const each of node.body) collect(each, node.resolvedKey, lines);
    return;
  }
  const path = [...parent, ...node.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value))];
  note(path, node, lines);
  if (node.value.type === "TOMLInlineTable") for (const each of node.value.body) collect(each, path, lines);
}

function note(path: readonly PropertyKey[], node: AST.TOMLNode, lines: Map<string, number>): void {
  const key = formatKey(path);
  if (!lines.has(key)) lines.set(key, node.loc.start.line);
}
