import { da } from "./da.ts";
import { en } from "./en.ts";
import type { LetterText } from "./letter-text.ts";

/** All languages, by their ISO 639-1 code. */
export const LETTERS: Readonly<Record<"en" | "da", LetterText>> = { en, da };

/** A language that there are letters in. */
export type LetterLanguage = keyof typeof LETTERS;

/** The codes, English first. */
export const LETTER_LANGUAGES: readonly LetterLanguage[] = ["en", "da"];
