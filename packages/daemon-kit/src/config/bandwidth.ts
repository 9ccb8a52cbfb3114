/** Bandwidths as people write them. */
import { z } from "zod";
import { EXPECTED } from "./fields.ts";

/** Bits per second: the least that carries anything, and more than any host has. */
const MIN_BITS_PER_SECOND = 8_000;
const MAX_BITS_PER_SECOND = 1_000_000_000_000;

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9 };

/** Bits per second of a text such as "500k", "2.5M", "1G" or "8000"; `undefined` for anything else. */
export function parseBandwidth(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kMG]?)$/.exec(text);
  return match === null ? undefined : Math.round(Number(match[1]) * UNITS[match[2]]);
}

/** Bits per second, as a number or as text such as "20M". */
export function bandwidth(): z.ZodPreprocess<z.ZodNumber> {
  const error = `${EXPECTED}bits per second such as "20M", from ${MIN_BITS_PER_SECOND} to ${MAX_BITS_PER_SECOND}`;
  const number = z.int({ error }).min(MIN_BITS_PER_SECOND, { error }).max(MAX_BITS_PER_SECOND, { error });
  return z.preprocess((value) => (typeof value === "string" ? (parseBandwidth(value) ?? value) : value), number);
}
