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

/** Begins every file that is ours. Comments in all of the servers' languages begin with "#". */
export const HEADER = "# Written by v6peer dns64.";

/** In a file of the operator, the lines between these markers are ours. */
export const MARKERS = { begin: "# begin v6peer dns64", end: "# end v6peer dns64" } as const;

/** What to write. */
export interface FileContent {
  /** Lines of a file of its own. */
  readonly whole: () => readonly string[];
  /** Lines between the markers. */
  readonly part: () => readonly string[];
}

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
  const after =
    before !== undefined && hasMarkers(before) ? between(before, content.part()) : whole(path, before, content);
  if (after === before) return { isChanged: false, undo: () => {} };
  replaceFile(target, after);
  return {
    isChanged: true,
    undo: () => (before === undefined ? rmSync(target, { force: true }) : replaceFile(target, before)),
  };
}

function whole(path: string, before: string | undefined, content: FileContent): string {
  refuseForeign(path, before);
  return `${[`${HEADER} Your changes here will be lost.`, ...content.whole()].join("\n")}\n`;
}

function refuseForeign(path: string, before: string | undefined): void {
  if (before === undefined || before.trim() === "" || before.startsWith(HEADER)) return;
  throw new UsageError(
    `${path} was not written by v6peer dns64, so it is not changed. Use a different one with --file, or mark a place in it with the two lines "${MARKERS.begin}" and "${MARKERS.end}"`,
  );
}

function hasMarkers(text: string): boolean {
  return markedLines(text.split("\n")) !== undefined;
}

/** The numbers of the lines with the markers; none where they are not on lines of their own, in this order. */
function markedLines(lines: readonly string[]): { readonly begin: number; readonly end: number } | undefined {
  const begin = lines.findIndex((line) => line.includes(MARKERS.begin));
  const end = lines.findIndex((line, index) => index > begin && line.includes(MARKERS.end));
  return begin < 0 || end < 0 ? undefined : { begin, end };
}

/** Keeps the marker lines, and indents the lines between them like the first marker. */
function between(text: string, part: readonly string[]): string {
  const lines = text.split("\n");
  const marked = markedLines(lines);
  if (marked === undefined) return text;
  const indent = /^\s*/.exec(lines[marked.begin])?.[0] ?? "";
  return [...lines.slice(0, marked.begin + 1), ...part.map((line) => indent + line), ...lines.slice(marked.end)].join(
    "\n",
  );
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
