/**
 * Changes single keys of a TOML file and leaves every other character as it is: comments, order, spacing, what people
 * wrote by hand. Text goes in, text comes out. Throws a `ParseError` for text that is no TOML.
 */
import { type AST, parseTOML } from "toml-eslint-parser";

/** What can be written: a word becomes a basic string (TOML 1.0). */
export type Scalar = string | boolean;

/** A key: the table that it is in ("" for the top of the file), and its name there. Both are bare keys. */
export interface KeyPlace {
  readonly table: string;
  readonly key: string;
}

/** Sets a key. One that is not there is put behind its commented-out example, if there is one, or at the end of its table. */
export function setKey(text: string, { table, key }: KeyPlace, value: Scalar): string {
  const rendered = typeof value === "string" ? quote(value) : String(value);
  const node = findKey(text, { table, key });
  if (node !== undefined) return splice(text, node.value.range, rendered);
  const withTable = ensureTable(text, table);
  return insertLine(withTable, regionOf(withTable, table), key, `${key} = ${rendered}`);
}

/** A basic string: what JSON escapes, TOML escapes alike; DEL, which JSON leaves, TOML forbids. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

/** Removes a key with its line. */
export function removeKey(text: string, place: KeyPlace): string {
  const node = findKey(text, place);
  return node === undefined ? text : splice(text, wholeLines(text, node.range), "");
}

/** Adds the header of a table at the end, unless there is one. */
export function ensureTable(text: string, table: string): string {
  if (table === "" || tablesOf(text).some((each) => isNamed(each, table))) return text;
  return `${text.trimEnd()}\n\n[${table}]\n`;
}

/** Removes a table with all that is in it, and the tables below it. @param below only what is called this below it */
export function removeTable(text: string, table: string, below?: string): string {
  const doomed = tablesOf(text).filter(({ resolvedKey: [first, second] }) => {
    return first === table && (below === undefined || second === below);
  });
  return doomed.reduceRight((rest, each) => splice(rest, wholeLines(rest, each.range), ""), text);
}

/** Whether the file says anything in a table. */
export function hasTable(text: string, table: string): boolean {
  return tablesOf(text).some(({ resolvedKey }) => resolvedKey[0] === table);
}

type Range = readonly [number, number];

function top(text: string): readonly (AST.TOMLKeyValue | AST.TOMLTable)[] {
  return parseTOML(text).body[0].body;
}

function tablesOf(text: string): readonly AST.TOMLTable[] {
  return top(text).filter((node) => node.type === "TOMLTable");
}

/** Whether it is this one, not one below it. */
function isNamed({ resolvedKey }: AST.TOMLTable, table: string): boolean {
  return resolvedKey.length === 1 && resolvedKey[0] === table;
}

/** Only where it is written as `key = value` under its header: other forms are for people to change. */
function findKey(text: string, { table, key }: KeyPlace): AST.TOMLKeyValue | undefined {
  const nodes =
    table === ""
      ? top(text).filter((node) => node.type === "TOMLKeyValue")
      : tablesOf(text)
          .filter((each) => isNamed(each, table))
          .flatMap(({ body }) => body);
  return nodes.find((node) => {
    const [first, second] = node.key.keys;
    return second === undefined && (first.type === "TOMLBare" ? first.name : first.value) === key;
  });
}

/** Where the lines of a table are: from behind its header to the next one, with its comments. */
function regionOf(text: string, table: string): Range {
  const tables = tablesOf(text);
  const index = tables.findIndex((each) => isNamed(each, table));
  const start = index < 0 ? 0 : lineEnd(text, tables[index].key.range[1]);
  const next = tables[index + 1];
  return [start, next === undefined ? text.length : lineStart(text, next.range[0])];
}

function insertLine(text: string, [start, end]: Range, key: string, line: string): string {
  const region = text.slice(start, end);
  const example = new RegExp(`^#[ \\t]*${key}[ \\t]*=.*$`, "m").exec(region);
  if (example !== null) return splice(text, at(lineEnd(text, start + example.index)), `${line}\n`);
  // Comments right above the next header are about that one: what belongs here ends with its last key.
  const last = [...region.matchAll(/^[^#\s].*$/gm)].at(-1);
  const place = last === undefined ? start : lineEnd(text, start + last.index);
  const isFirst = last === undefined && start === 0;
  return splice(text, at(isFirst ? endOfHead(text) : place), `${line}\n`);
}

/** Behind the comment with which a file begins. */
function endOfHead(text: string): number {
  const head = /^(?:#.*\n)+\n?/.exec(text);
  return head === null ? 0 : head[0].length;
}

function wholeLines(text: string, [start, end]: Range): Range {
  return [lineStart(text, start), lineEnd(text, end)];
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline < 0 ? text.length : newline + 1;
}

function at(offset: number): Range {
  return [offset, offset];
}

function splice(text: string, [start, end]: Range, put: string): string {
  const before = text.slice(0, start);
  // A file may end without a newline.
  const gap = put !== "" && start === end && before !== "" && !before.endsWith("\n") ? "\n" : "";
  return before + gap + put + text.slice(end);
}
