/** Turns what zod found into sentences with a place in the file. */
import leven from "leven";
import type { z } from "zod";
import { EXPECTED } from "./fields.ts";
import { type ConfigProblem, describeValue, formatKey } from "./problem.ts";
import type { TomlDocument } from "./toml.ts";

/** One problem for each of zod's issues, in the order of the file. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, document: TomlDocument): readonly ConfigProblem[] {
  const problems = error.issues.flatMap((issue): readonly ConfigProblem[] => {
    if (issue.code !== "unrecognized_keys") {
      const path = writtenPath(issue.path, document);
      return [problemAt(document, path, explain(issue.message, path, document))];
    }
    return issue.keys.map((key) => {
      const known = knownKeys(schema, issue.path);
      return problemAt(document, [...issue.path, key], `unknown key${suggest(key, known)}`);
    });
  });
  return sortProblems(problems.filter((each, index) => problems.findIndex((other) => isSame(each, other)) === index));
}

/** A short form that stands for two keys is wrong twice. */
function isSame(one: ConfigProblem, other: ConfigProblem): boolean {
  return one.key === other.key && one.message === other.message;
}

/** A problem at a key of the file. */
export function problemAt(document: TomlDocument, path: readonly PropertyKey[], message: string): ConfigProblem {
  return { ...document.placeOf(path), key: formatKey(path), message };
}

/** In the order in which one reads the file. */
export function sortProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const [line, column] = [(each: ConfigProblem) => each.line ?? 0, (each: ConfigProblem) => each.column ?? 0];
  return [...problems].sort((a, b) => line(a) - line(b) || column(a) - column(b));
}

/** Without the key that a short form stands for: `pool[0].address` is written as `pool[0]` when it is a string. */
function writtenPath(path: readonly PropertyKey[], document: TomlDocument): readonly PropertyKey[] {
  const short = path.findIndex((_, length) => isPlain(valueAt(document.data, path.slice(0, length))));
  return short < 0 ? path : path.slice(0, short);
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function explain(message: string, path: readonly PropertyKey[], document: TomlDocument): string {
  return message.startsWith(EXPECTED) ? `${message}, found ${describeValue(valueAt(document.data, path))}` : message;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => {
    return value !== null && typeof value === "object" ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }, data);
}

function suggest(key: string, known: readonly string[]): string {
  const near = known
    .map((each) => ({ each, distance: leven(key.toLowerCase().replaceAll("_", "-"), each) }))
    .sort((a, b) => a.distance - b.distance)[0];
  // Of a short word two wrong letters leave nothing that speaks for it.
  const most = near === undefined || near.each.length < 5 ? 1 : Math.max(2, near.each.length >> 2);
  if (near !== undefined && near.distance <= most) return `; did you mean "${near.each}"?`;
  return `; expected ${known.length === 1 ? "" : "one of "}${known.join(", ")}`;
}

/** What a zod schema looks like inside, as far as it is needed to find the keys of a table. */
interface SchemaInside {
  readonly shape?: Record<string, SchemaInside>;
  readonly def?: { readonly innerType?: SchemaInside; readonly out?: SchemaInside; readonly element?: SchemaInside };
}

function knownKeys(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  let inside = unwrap(schema as SchemaInside);
  for (const part of path) {
    inside = unwrap(typeof part === "number" ? inside?.def?.element : inside?.shape?.[String(part)]);
  }
  return Object.keys(inside?.shape ?? {});
}

function unwrap(schema: SchemaInside | undefined): SchemaInside | undefined {
  const inner = schema?.def?.innerType ?? schema?.def?.out;
  return inner === undefined ? schema : unwrap(inner);
}
