/** A file with one peer id per line; text after `#` is a comment. */
import { readFileSync } from "node:fs";

/** Maximum size of the file: more peers than a coordinator can have. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** The ids in a file. Throws an `Error` with file, line and a sentence if the file is invalid. */
export function readPeersFile(path: string): readonly string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`${path}:1:1: cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  if (bytes.length > MAX_FILE_BYTES)
    throw new Error(`${path}:1:1: expected at most ${MAX_FILE_BYTES} bytes, found ${bytes.length}`);
  return bytes
    .toString("utf8")
    .split("\n")
    .flatMap((line, index) => {
      const id = line.replace(/#.*/, "").trim();
      if (id === "") return [];
      if (/^[a-z2-7]{32}$/.test(id)) return [id];
      throw new Error(`${path}:${index + 1}:1: expected a peer id: 32 characters of a to z and 2 to 7`);
    });
}
