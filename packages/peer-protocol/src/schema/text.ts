/** Zod schemas of text. All of it may be shown and logged: no control characters, no lone surrogates. */
import { z } from "zod";

/** Longest sentence for people, in UTF-16 units. */
export const MAX_SENTENCE_LENGTH = 300;

/** A sentence for people. */
export const sentence: z.ZodType<string> = z
  .string()
  .min(1)
  .max(MAX_SENTENCE_LENGTH)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, "expected text without control characters");

/**
 * A name for programs. Newer versions may add names; unknown ones are treated as "something else". Lower case, digits
 * and hyphens.
 */
export const openName: z.ZodType<string> = z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, "expected a short name");

/** Printable ASCII with spaces. */
export function ascii(longest: number): z.ZodType<string> {
  return z.string().regex(new RegExp(`^[\\x20-\\x7e]{1,${longest}}$`), `expected 1 to ${longest} printable characters`);
}

/** A URL that is safe to open in a browser: only http and https. At most 254 characters, none that JSON escapes. */
export const url: z.ZodType<string> = z
  .string()
  .max(254)
  .regex(/^https?:\/\/[!#-[\]-~]+$/, "expected a URL that begins with https:// or http://");

/** Text of a peer id; see `identity/peer-id.ts`. */
export const peerId: z.ZodType<string> = z.string().regex(/^[a-z2-7]{32}$/, "expected a peer id");
