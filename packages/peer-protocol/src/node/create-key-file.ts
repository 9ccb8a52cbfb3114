import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

/** Writes a private key to a new file that only its owner can read. @throws `EEXIST` if there is a file: it is not replaced */
export function createKeyFile(path: string, pem: string): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeSync(file, pem);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
