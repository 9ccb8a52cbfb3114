import { readFileSync } from "node:fs";

/** The text of a file; `undefined` if there is none. Throws the error of the system for one that cannot be read. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
