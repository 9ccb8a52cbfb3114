import type { SessionRecord } from "@nat64/nat64-engine";
import { type Answers, MAX_LISTED_SESSIONS, type SessionFilter } from "../control/protocol.ts";
import type { DataPath } from "../data-path/main-thread/data-path.ts";
import { compileSessionFilter } from "./session-filter.ts";

/** Records of the table that the data path looks at between two rounds: well below a millisecond. */
const SLICE = 512;

/**
 * Lists the sessions that a filter wants, slice by slice, so that packets never wait for a million of them. Rejects as soon
 * as `hungUp` says that nobody reads them any more.
 */
export async function listSessions(
  dataPath: Pick<DataPath, "sessions">,
  filter: SessionFilter,
  emit: (rows: readonly SessionRecord[]) => Promise<void>,
  hungUp: AbortSignal,
): Promise<Answers["sessions"]> {
  const isWanted = compileSessionFilter(filter);
  const limit = filter.limit ?? MAX_LISTED_SESSIONS;
  let listed = 0;
  let from = 0;
  while (from >= 0 && listed < limit) {
    hungUp.throwIfAborted();
    const slice = await dataPath.sessions(from, SLICE);
    const rows = slice.rows.filter(isWanted).slice(0, limit - listed);
    if (rows.length > 0) await emit(rows);
    listed += rows.length;
    from = slice.next;
  }
  return { listed, complete: from < 0 };
}
