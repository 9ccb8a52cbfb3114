/** Amounts of data as people write them. */
import { z } from "zod";
import { EXPECTED } from "./fields.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };

/** Bytes of a text such as "500G", "1.5T" or "64k"; `undefined` for anything else. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kMGTP]?)B?$/.exec(text);
  return match === null ? undefined : Math.round(Number(match[1]) * UNITS[match[2]]);
}

/** Bytes, as a number or as text such as "500G". @param example the text that the message shows */
export function bytes(min: number, max: number, example: string): z.ZodPreprocess<z.ZodNumber> {
  const error = `${EXPECTED}bytes such as ${JSON.stringify(example)}, from ${min} to ${max}`;
  const number = z.int({ error }).min(min, { error }).max(max, { error });
  return z.preprocess((value) => (typeof value === "string" ? (parseBytes(value) ?? value) : value), number);
}
