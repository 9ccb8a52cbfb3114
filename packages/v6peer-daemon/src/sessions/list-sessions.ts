import type { SessionRecord } from "@nat64/nat64-engine";
import { type Answers, MAX_LISTED_SESSIONS, type SessionFilter } from "../control/protocol.ts";
import type { DataPath } from "../data-path/main-thread/data-path.ts";
import { compileSessionFilter } from "./session-filter.ts";

/** Records of the table that the data path reads between two rounds, in well under a millisecond. */
const RECORDS_PER_SLICE = 512;

/**
 * Lists the sessions that match a filter, slice by slice, so that packets never wait for a long list. Rejects as soon as
 * the client has hung up.
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
    const slice = await dataPath.sessions(from, RECORDS_PER_SLICE);
    const rows = slice.rows.filter(isWanted).slice(0, limit - listed);
    if (rows.length > 0) await emit(rows);
    listed += rows.length;
    from = slice.next;
  }
  return { listed, complete: from < 0 };
}
