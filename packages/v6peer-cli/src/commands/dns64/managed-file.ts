/** A configuration file, written as a whole or only between two marker lines. */
import {
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { UsageError } from "@nat64/daemon-kit/command-line";
import { type FileContent, hasMarkers, managedText, refuseForeign } from "./managed-text.ts";

/** The result of writing a file. */
export interface Placed {
  readonly isChanged: boolean;
  /** Restores the previous content. */
  readonly undo: () => void;
}

/** How a file may be written. Throws a `UsageError` when it must not be. */
export function checkPlace(path: string): "whole" | "part" {
  let before: string | undefined;
  try {
    before = readIfThere(followLink(path));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (before !== undefined && hasMarkers(before)) return "part";
  refuseForeign(path, before);
  return "whole";
}

/**
 * Writes a file if that changes it. Readers see either the old or the new file. Throws a `UsageError` if the file must not
 * be written, and the system's error if it cannot be.
 */
export function placeFile(path: string, content: FileContent): Placed {
  const target = followLink(path);
  const before = readIfThere(target);
  const after = managedText(path, before, content);
  if (after === before) return { isChanged: false, undo: () => {} };
  replaceFile(target, after);
  return {
    isChanged: true,
    undo: () => (before === undefined ? rmSync(target, { force: true }) : replaceFile(target, before)),
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function followLink(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? realpathSync(path) : path;
}

function replaceFile(path: string, text: string): void {
  const old = statSync(path, { throwIfNoEntry: false });
  const fresh = `${path}.v6peer-new`;
  const file = openSync(fresh, "w", old === undefined ? 0o644 : old.mode & 0o777);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (old !== undefined && process.getuid?.() === 0) chownSync(fresh, old.uid, old.gid);
  renameSync(fresh, path);
}
