/** Kinds of values in the file. Each says in its message what it expects; `problems-of.ts` adds what was found. */
import { AddressError, parseCidr, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { z } from "zod";

/** Messages that start like this get "found …" appended. */
export const EXPECTED = "expected ";

/** A string that `check` accepts; `check` throws, or returns what is wrong in a sentence. */
export function text(what: string, check?: (value: string) => string | undefined): z.ZodString {
  const base = z.string({ error: `${EXPECTED}${what}` });
  if (check === undefined) return base;
  return base.check((context) => {
    const message = complaintOf(check, context.value);
    if (message !== undefined) context.issues.push({ code: "custom", input: context.value, message });
  });
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number, unit = ""): z.ZodNumber {
  const error = `${EXPECTED}a whole number${unit} from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** A word, or a whole number from `least` to `most`. */
export function wordOrInteger<const Word extends string>(
  word: Word,
  least: number,
  most: number,
): z.ZodUnion<readonly [z.ZodLiteral<Word>, z.ZodNumber]> {
  const error = `${EXPECTED}${JSON.stringify(word)} or a whole number from ${least} to ${most}`;
  return z.union([z.literal(word), z.int({ error }).min(least, { error }).max(most, { error })], { error });
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

/** `[first, last]`, inclusive. */
export function portRange(least: number): z.ZodTuple<[z.ZodNumber, z.ZodNumber], null> {
  const error = `${EXPECTED}[first, last], two whole numbers from ${least} to 65535`;
  return z.tuple([integer(least, 65_535), integer(least, 65_535)], { error }).check((context) => {
    const [first, last] = context.value;
    if (first > last) {
      const message = `the range is empty: its first number, ${first}, is larger than its last, ${last}`;
      context.issues.push({ code: "custom", input: context.value, message });
    }
  });
}

/** A list. */
export function list<Item extends z.ZodType>(what: string, item: Item, least = 0): z.ZodArray<Item> {
  const error = `${EXPECTED}a list of ${what}`;
  return z
    .array(item, { error })
    .min(least, { error: `${error} with at least ${least} of them` })
    .max(4096, {
      error: `${error} with at most 4096 of them`,
    });
}

/** A table that knows all its keys. */
export function table<Shape extends z.ZodRawShape>(shape: Shape, what = "a table"): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? `${EXPECTED}${what}` : undefined),
  });
}

/** Throws an `AddressError` unless the text is an IPv4 address or an IPv4 CIDR block. */
export function checkIPv4Block(value: string): string | undefined {
  const { family } = parseCidr(value.includes("/") ? value : `${value}/32`);
  return family === 4 ? undefined : "this is an IPv6 block; an IPv4 one is needed";
}

/** Throws an `AddressError` unless the text is an IPv4 address. */
export function checkIPv4(value: string): undefined {
  parseIPv4(value);
}

/** Throws an `AddressError` unless the text is an IPv6 address. */
export function checkIPv6(value: string): undefined {
  parseIPv6(value);
}

/** Throws an `AddressError` unless the text is an IPv6 prefix. */
export function checkIPv6Prefix(value: string): string | undefined {
  return parseCidr(value).family === 6 ? undefined : "this is an IPv4 block; an IPv6 prefix is needed";
}

/** What is wrong with a path that has to be absolute. */
export function absolute(value: string): string | undefined {
  return value.startsWith("/") ? undefined : "expected an absolute path";
}

/** What is wrong with a text that has to be 1 to `most` printable ASCII characters. */
export function printable(most: number): (value: string) => string | undefined {
  return (value) =>
    value.length >= 1 && value.length <= most && /^[\x20-\x7e]*$/.test(value)
      ? undefined
      : `expected 1 to ${most} printable ASCII characters`;
}

/** `host:port` with the host in brackets if it is IPv6. */
export function parseListen(value: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)|(localhost)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[4]);
  if (match === null || port > 65_535) return undefined;
  const host = match[1] ?? match[2] ?? "localhost";
  if (match[1] !== undefined) parseIPv6(host);
  if (match[2] !== undefined) parseIPv4(host);
  return { host, port };
}

function complaintOf(check: (value: string) => string | undefined, value: string): string | undefined {
  try {
    return check(value);
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
}
