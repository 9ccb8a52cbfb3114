import { chmodSync, chownSync, renameSync, statSync, writeFileSync } from "node:fs";

/** Replaces a file as a whole or not at all; the new one has owner and mode of the old one, a first one only its owner. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.dpkg-new`;
  const before = statSync(path, { throwIfNoEntry: false });
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  if (before !== undefined) {
    chownSync(temporary, before.uid, before.gid);
    chmodSync(temporary, before.mode & 0o777);
  }
  renameSync(temporary, path);
}
