import type { History } from "../data/page-data.ts";

/** Rows kept here: what the daemon keeps, and some more for a page that is open for long. */
const MAX_ROWS = 600;

/** Rows of both, the oldest first, no more than are kept. */
export function append(before: History, now: History): History {
  const last = before.at.at(-1) ?? 0;
  const from = now.at.findIndex((at) => at > last);
  if (from < 0) return before;
  const join = (old: readonly number[], more: readonly number[]) => [...old, ...more.slice(from)].slice(-MAX_ROWS);
  return {
    at: join(before.at, now.at),
    up: join(before.up, now.up),
    down: join(before.down, now.down),
    sessions: join(before.sessions, now.sessions),
    opened: join(before.opened, now.opened),
    dropped: join(before.dropped, now.dropped),
  };
}
