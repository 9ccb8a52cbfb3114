/** A file with a peer id on each line; what follows `#` is for people. */
import { readFileSync } from "node:fs";

/** Largest file that is read, in bytes: more peers than a coordinator takes. */
const LARGEST = 16 * 1024 * 1024;

/** The ids in a file. Throws an `Error` with a sentence, naming file and line, for whatever is wrong. */
export function readPeersFile(path: string): readonly string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`${path}:1:1: cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  if (bytes.length > LARGEST) throw new Error(`${path}:1:1: expected at most ${LARGEST} bytes, found ${bytes.length}`);
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
