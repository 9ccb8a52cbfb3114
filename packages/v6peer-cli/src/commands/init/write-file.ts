/** Writes the file atomically, and never replaces an existing one without --force. */
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
import { UsageError } from "@nat64/daemon-kit/command-line";

/** The file may contain an invite, which is a secret. */
const MODE = 0o640;

/** The error for a file that exists. */
export function refuseOverwriting(path: string): UsageError {
  return new UsageError(
    `${path} exists. Use --force to replace it (it is kept as ${path}.old), or --config FILE to write a different file`,
  );
}

/**
 * Writes the file. With `force`, an existing one is kept as `.old`. Without it, and for a place that cannot be written,
 * throws a {@link UsageError}.
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
    // Its directory does not exist, so neither does the file.
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied; run this as root, or write a different file with --config",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EEXIST: "a part of the path is not a directory",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
};

/** A daemon that is not root reads the file through its group: that of the previous file, or of the directory. */
function giveToGroup(temporary: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  chownSync(temporary, 0, statSync(existsSync(path) ? path : dirname(path)).gid);
}
