/** Zod schemas of text. All of it may be shown and logged: no control characters, no lone surrogates. */
import { z } from "zod";

/** Longest sentence for humans, in UTF-16 units. */
export const LONGEST_SENTENCE = 300;

/** A sentence for humans. */
export const sentence: z.ZodType<string> = z
  .string()
  .min(1)
  .max(LONGEST_SENTENCE)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, "expected text without control characters");

/**
 * A name that a program reads and a newer version may add to: unknown ones are taken as "something else". Lower case,
 * digits and hyphens.
 */
export const openName: z.ZodType<string> = z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, "expected a short name");

/** Printable ASCII with spaces. */
export function ascii(longest: number): z.ZodType<string> {
  return z.string().regex(new RegExp(`^[\\x20-\\x7e]{1,${longest}}$`), `expected 1 to ${longest} printable characters`);
}

/** Text of a peer id; see `identity/peer-id.ts`. */
export const peerId: z.ZodType<string> = z.string().regex(/^[a-z2-7]{32}$/, "expected a peer id");
