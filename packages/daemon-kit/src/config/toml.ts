/** TOML text to data, with the place of every key: what a good error message needs. */
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from "toml-eslint-parser";
import { type ConfigProblem, formatKey, type Place } from "./problem.ts";

/** A parsed file. */
export interface TomlDocument {
  readonly data: Record<string, unknown>;
  /** Where a key stands, or its nearest parent if it is not in the file; `undefined` for what comes from elsewhere. */
  placeOf(path: readonly PropertyKey[]): Place | undefined;
}

/** Largest file that is read, in bytes and in characters: a configuration is a few hundred lines. */
export const MAX_FILE_BYTES: number = 1024 * 1024;

/** Parses TOML 1.0. A syntax error is returned, not thrown. */
export function parseToml(text: string): TomlDocument | ConfigProblem {
  if (text.length > MAX_FILE_BYTES) {
    return {
      line: 1,
      column: 1,
      key: "",
      message: `expected at most ${MAX_FILE_BYTES} characters, found ${text.length}`,
    };
  }
  try {
    const program = parseTOML(text);
    const places = new Map<string, Place>();
    collectTopLevel(program.body[0], places);
    return {
      data: getStaticTOMLValue(program) as Record<string, unknown>,
      placeOf: (path) => findPlace(places, path),
    };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const reason = error.message.charAt(0).toLowerCase() + error.message.slice(1);
    return { line: error.lineNumber, column: error.column + 1, key: "", message: `not valid TOML: ${reason}` };
  }
}

function findPlace(places: ReadonlyMap<string, Place>, path: readonly PropertyKey[]): Place {
  for (let length = path.length; length > 0; length--) {
    const place = places.get(formatKey(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return { line: 1, column: 1 };
}

function collectTopLevel(top: AST.TOMLTopLevelTable, places: Map<string, Place>): void {
  for (const node of top.body) {
    if (node.type === "TOMLKeyValue") collectKeyValue(node, [], places);
    else {
      note(places, node.resolvedKey, node.key);
      for (const each of node.body) collectKeyValue(each, node.resolvedKey, places);
    }
  }
}

function collectKeyValue(node: AST.TOMLKeyValue, parent: readonly PropertyKey[], places: Map<string, Place>): void {
  const path = [...parent];
  for (const key of node.key.keys) {
    path.push(key.type === "TOMLBare" ? key.name : key.value);
    note(places, path, key);
  }
  collectContent(node.value, path, places);
}

function collectContent(node: AST.TOMLContentNode, path: readonly PropertyKey[], places: Map<string, Place>): void {
  if (node.type === "TOMLArray") {
    for (const [index, element] of node.elements.entries()) {
      note(places, [...path, index], element);
      collectContent(element, [...path, index], places);
    }
  } else if (node.type === "TOMLInlineTable") {
    for (const each of node.body) collectKeyValue(each, path, places);
  }
}

function note(places: Map<string, Place>, path: readonly PropertyKey[], node: { loc: AST.SourceLocation }): void {
  const key = formatKey(path);
  if (!places.has(key)) places.set(key, { line: node.loc.start.line, column: node.loc.start.column + 1 });
}
