/**
 * What was changed on this host, on disk: one JSON line for each step, written before its change. It lies next to the
 * control socket, on a file system that a reboot empties as it empties what is recorded.
 */
import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { bootId } from "../system/boot-id.ts";
import type { Found } from "./step.ts";

/** One step that was begun. */
export interface JournalEntry {
  readonly kind: string;
  readonly found: Found;
}

/** Who wrote a journal, so that a later process can tell whether it still lives. */
export interface JournalOwner {
  readonly pid: number;
  /** Start of the process in clock ticks since boot (proc(5), `stat` field 22): tells a reused pid. */
  readonly startTime: string;
  /** The boot that it belongs to: after another one nothing is left to undo. */
  readonly bootId: string;
}

const ownerSchema = z.object({ pid: z.int(), startTime: z.string(), bootId: z.string() });
const entrySchema = z.object({ kind: z.string(), found: z.json() });

/**
 * Starts a journal; one that is there is replaced.
 *
 * @returns whether its directory had to be made.
 */
export function beginJournal(path: string): boolean {
  const made = mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const owner: JournalOwner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? "", bootId: bootId() };
  rmSync(path, { force: true });
  // `wx`: never into a file, or through a link, that somebody else has put there.
  writeFileSync(path, `${JSON.stringify(owner)}\n`, { mode: 0o600, flag: "wx", flush: true });
  return made !== undefined;
}

/** Adds an entry. On return it is written. */
export function appendJournal(path: string, entry: JournalEntry): void {
  appendFileSync(path, `${JSON.stringify(entry)}\n`, { flush: true });
}

/** Removes a journal, and its directory when that was made for it and nothing else is in it. */
export function endJournal(path: string, madeDirectory = false): void {
  rmSync(path, { force: true });
  if (!madeDirectory) return;
  try {
    rmdirSync(dirname(path));
  } catch {
    // Someone else has put something there: it stays.
  }
}

/** A journal's owner and entries; lines that were cut by a crash are left out. `undefined` when there is none. */
export function readJournal(
  path: string,
): { readonly owner: JournalOwner; readonly entries: readonly JournalEntry[] } | undefined {
  let lines: readonly unknown[];
  try {
    lines = readOwnFile(path).split("\n").map(parseLine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const owner = ownerSchema.safeParse(lines[0]);
  if (!owner.success) return { owner: { pid: 0, startTime: "", bootId: "" }, entries: [] };
  const entries = lines.slice(1).flatMap((line): readonly JournalEntry[] => {
    const entry = entrySchema.safeParse(line);
    return entry.success ? [entry.data as JournalEntry] : [];
  });
  return { owner: owner.data, entries };
}

/**
 * Reads a file that nobody but this user can have written: what it says is done as root. Throws otherwise.
 */
function readOwnFile(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { uid, mode } = fstatSync(fd);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
      throw new Error(`${path} can be written by other users, so it is not trusted; check its content and remove it`);
    }
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

/** Whether the process that wrote a journal still runs. */
export function isAlive(owner: JournalOwner): boolean {
  return isThisBoot(owner) && owner.startTime !== "" && startTimeOf(owner.pid) === owner.startTime;
}

/** Whether what a journal says was done since the last boot. */
export function isThisBoot(owner: JournalOwner): boolean {
  return owner.bootId === bootId();
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function startTimeOf(pid: number): string | undefined {
  try {
    // The second field is the command in parentheses, which may hold anything: count from behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
