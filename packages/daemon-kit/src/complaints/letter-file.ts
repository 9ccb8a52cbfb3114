import { writeFileSync } from "node:fs";
import { explainError } from "../system/index.ts";
import type { Letter } from "./compose-letter.ts";

/** A letter as it goes into a mail program: the subject, an empty line, the text. */
export function mailOf({ subject, text }: Letter): string {
  return `Subject: ${subject}\n\n${text}`;
}

/**
 * Writes a letter into a new file that only its owner can read. An existing file is not overwritten: somebody may have
 * edited it.
 *
 * @returns what went wrong, in a sentence
 */
export function writeLetterFile(path: string, letter: Letter): string | undefined {
  try {
    writeFileSync(path, mailOf(letter), { flag: "wx", mode: 0o600 });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EEXIST" ? `${path} already exists; choose another file` : `--letter: ${explainError(error)}`;
  }
}
