/** Types of values that only this configuration file uses. */
import { EXPECTED, integer } from "@nat64/daemon-kit/config";
import { parseCidr, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { z } from "zod";

/** A word, or a whole number from `min` to `max`. */
export function wordOrInteger<const Word extends string>(
  word: Word,
  min: number,
  max: number,
): z.ZodUnion<readonly [z.ZodLiteral<Word>, z.ZodNumber]> {
  const error = `${EXPECTED}${JSON.stringify(word)} or a whole number from ${min} to ${max}`;
  return z.union([z.literal(word), z.int({ error }).min(min, { error }).max(max, { error })], { error });
}

/** `[first, last]`, inclusive. */
export function portRange(min: number): z.ZodTuple<[z.ZodNumber, z.ZodNumber], null> {
  const error = `${EXPECTED}[first, last], two whole numbers from ${min} to 65535`;
  return z.tuple([integer(min, 65_535), integer(min, 65_535)], { error }).check((context) => {
    const [first, last] = context.value;
    if (first > last) {
      const message = `the range is empty: its first number, ${first}, is larger than its last, ${last}`;
      context.issues.push({ code: "custom", input: context.value, message });
    }
  });
}

/** Throws an `AddressError` unless the text is an IPv4 address or an IPv4 CIDR block. */
export function checkIPv4Block(value: string): string | undefined {
  const { family } = parseCidr(value.includes("/") ? value : `${value}/32`);
  return family === 4 ? undefined : "this is an IPv6 block; expected an IPv4 block";
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
  return parseCidr(value).family === 6 ? undefined : "this is an IPv4 block; expected an IPv6 prefix";
}
