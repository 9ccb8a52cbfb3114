/** The files of an audit log: one for each day of UTC, and with hashed clients a key for each day. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Milliseconds of a day. */
export const DAY = 86_400_000;

const LOG = /^audit-(\d{4}-\d{2}-\d{2})\.jsonl$/;
const KEY = /^key-(\d{4}-\d{2}-\d{2})$/;

/** The day of a time, as `2031-05-17`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The log of a day. */
export function logPath(directory: string, day: string): string {
  return join(directory, `audit-${day}.jsonl`);
}

/** The key of a day. */
export function keyPath(directory: string, day: string): string {
  return join(directory, `key-${day}`);
}

/** A file of the log. */
export interface LogFile {
  readonly path: string;
  readonly day: string;
  readonly bytes: number;
}

/** The logs of all days, oldest first; none where there is no such directory. */
export function listLogs(directory: string): readonly LogFile[] {
  return list(directory, LOG).map(({ path, day }) => ({ path, day, bytes: statSync(path).size }));
}

/** Removes logs of days before `firstLog`, and keys of days before `firstKey`. */
export function removeOld(directory: string, firstLog: string, firstKey: string): void {
  for (const { path, day } of list(directory, LOG)) if (day < firstLog) rmSync(path, { force: true });
  for (const { path, day } of list(directory, KEY)) if (day < firstKey) rmSync(path, { force: true });
}

function list(directory: string, pattern: RegExp): readonly { readonly path: string; readonly day: string }[] {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return [...names].sort().flatMap((name) => {
    const day = pattern.exec(name)?.[1];
    return day === undefined ? [] : [{ path: join(directory, name), day }];
  });
}
