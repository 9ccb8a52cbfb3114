/** Questions whose answer is one key of the file. */
import { type KeyPlace, removeKey, setKey } from "./edit-toml.ts";
import type { Data, Question } from "./question.ts";

/** A key with text; an empty answer takes it out. */
export function textQuestion(name: string, path: string): Question {
  const place = placeOf(path);
  return {
    name,
    keys: [path],
    read: (data) => textOf(lookUp(data, path)),
    write: (text, answer) => (answer === "" ? removeKey(text, place) : setKey(text, place, answer)),
  };
}

/** A key that is true or false. @param fallback what holds when it is not there */
export function flagQuestion(name: string, path: string, fallback: boolean): Question {
  return {
    name,
    keys: [path],
    read: (data) => String(lookUp(data, path) ?? fallback),
    write: (text, answer) => setKey(text, placeOf(path), answer === "true"),
  };
}

/** The value at `table.key` or `key`. */
export function lookUp(data: Data, path: string): unknown {
  const { table, key } = placeOf(path);
  const found = table === "" ? data : (data[table] as Data | undefined);
  return found?.[key];
}

/** A value as an answer. */
export function textOf(value: unknown): string {
  return ["string", "number", "bigint"].includes(typeof value) ? String(value) : "";
}

/** `table.key` or `key`. */
export function placeOf(path: string): KeyPlace {
  const [first, second] = path.split(".");
  return second === undefined ? { table: "", key: first } : { table: first, key: second };
}
