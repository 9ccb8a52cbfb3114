import { writeFileSync } from "node:fs";
import type { Letter } from "./compose-letter.ts";

/** A letter as it goes into a mail program: the subject, an empty line, the text. */
export function mailOf({ subject, text }: Letter): string {
  return `Subject: ${subject}\n\n${text}`;
}

/**
 * Writes a letter into a new file, for its owner alone. One that was written once is not written over: it may have been
 * changed by hand.
 *
 * @returns what went wrong, in a sentence
 */
export function writeLetterFile(path: string, letter: Letter): string | undefined {
  try {
    writeFileSync(path, mailOf(letter), { flag: "wx", mode: 0o600 });
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "EEXIST" ? `${path} is there already: name another file` : `--letter: ${message}`;
  }
}
