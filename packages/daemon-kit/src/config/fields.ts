/** Kinds of values in a file. Each says in its message what it expects; `problems-of.ts` adds what was found. */
import { AddressError } from "@nat64/rfc6052";
import { z } from "zod";

/** Messages that start like this get "found …" appended. */
export const EXPECTED = "expected ";

/** A string that `check` accepts. `check` throws an `AddressError`, or returns the problem in a sentence. */
export function text(what: string, check?: (value: string) => string | undefined): z.ZodString {
  const base = z.string({ error: `${EXPECTED}${what}` });
  if (check === undefined) return base;
  return base.check((context) => {
    const message = complaintOf(check, context.value);
    if (message !== undefined) context.issues.push({ code: "custom", input: context.value, message });
  });
}

/** A string that is as `what` says if `isGood` says so. */
export function matching(what: string, isGood: RegExp | ((value: string) => boolean)): z.ZodString {
  return text(what, (value) => {
    const fits = isGood instanceof RegExp ? isGood.test(value) : isGood(value);
    return fits ? undefined : `${EXPECTED}${what}`;
  });
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number, unit = ""): z.ZodNumber {
  const error = `${EXPECTED}a whole number${unit} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** `true` or `false`. */
export function flag(): z.ZodBoolean {
  return z.boolean({ error: `${EXPECTED}true or false` });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
): z.ZodEnum<{ [Word in Words[number]]: Word }> {
  return z.enum(words, { error: `${EXPECTED}one of ${words.map((word) => JSON.stringify(word)).join(", ")}` });
}

/** A list of `min` to `max` items. */
export function list<Item extends z.ZodType>(what: string, item: Item, min = 0, max = 4096): z.ZodArray<Item> {
  const error = `${EXPECTED}a list of ${what}`;
  return z
    .array(item, { error })
    .min(min, { error: `${error} with at least ${min} of them` })
    .max(max, { error: `${error} with at most ${max} of them` });
}

/** A table that knows all its keys. */
export function table<Shape extends z.ZodRawShape>(shape: Shape, what = "a table"): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? `${EXPECTED}${what}` : undefined),
  });
}

function complaintOf(check: (value: string) => string | undefined, value: string): string | undefined {
  try {
    return check(value);
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
}
