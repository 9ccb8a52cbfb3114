/** A file with one peer id per line; text after `#` is a comment. */
import { readFileSync } from "node:fs";
import { ConfigFileError } from "@nat64/daemon-kit/config";

/** Maximum size of the file: more peers than a coordinator can have. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** The ids in a file. Throws a `ConfigFileError` if the file is invalid or cannot be read. */
export function readPeersFile(path: string): readonly string[] {
  const refuse = (line: number, message: string): never => {
    throw new ConfigFileError(path, [{ line, column: 1, key: "", message }]);
  };
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return refuse(1, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  if (bytes.length > MAX_FILE_BYTES) refuse(1, `expected at most ${MAX_FILE_BYTES} bytes, found ${bytes.length}`);
  return bytes
    .toString("utf8")
    .split("\n")
    .flatMap((line, index) => {
      const id = line.replace(/#.*/, "").trim();
      if (id === "") return [];
      if (/^[a-z2-7]{32}$/.test(id)) return [id];
      return refuse(index + 1, "expected a peer id: 32 characters of a to z and 2 to 7");
    });
}
