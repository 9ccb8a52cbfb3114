/** Puts the file where it belongs: whole or not at all, and never over another one unasked. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../../exit.ts";

/** It may hold an invite, which is a secret. */
const MODE = 0o640;

/** Says that a file is there already, and what one can do. */
export function refuseOverwriting(path: string): UsageError {
  return new UsageError(
    `${path} is there already; --force replaces it (and keeps it as ${path}.old), --config FILE names another`,
  );
}

/**
 * Writes it. With `force` one that is there is kept as `.old`, otherwise a {@link UsageError} is thrown, as for a place
 * that cannot be written.
 */
export function writeConfigFile(path: string, text: string, force: boolean): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(temporary, text, { mode: MODE, flag: "wx", flush: true });
    chmodSync(temporary, MODE); // whatever the umask says
    giveToGroup(temporary, path);
    if (force) {
      if (existsSync(path)) copyFileSync(path, `${path}.old`);
      renameSync(temporary, path);
    } else linkSync(temporary, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && existsSync(path)) throw refuseOverwriting(path);
    if (code === undefined) throw error;
    throw new UsageError(`${path} cannot be written: ${REASONS[code] ?? message}`);
  } finally {
    removeIfThere(temporary);
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its directory is none: then it is not there either.
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission; run this as root, or name another file with --config",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EEXIST: "a part of the path is no directory",
  ENOTDIR: "a part of the path is no directory",
  EISDIR: "it is a directory",
};

/** A daemon that is not root reads it by the group: that of the file before it, or of the directory. */
function giveToGroup(temporary: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  chownSync(temporary, 0, statSync(existsSync(path) ? path : dirname(path)).gid);
}
