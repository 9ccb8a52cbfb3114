import type { Nat64Engine } from "@nat64/nat64-engine";
import type { SessionRow } from "../control/protocol.ts";

/** One slice of the session table. */
export interface SessionSlice {
  readonly rows: readonly SessionRow[];
  /** Where the next slice begins, −1 when the table's end is reached. */
  readonly next: number;
}

/** An engine that can list its sessions, a bounded slice of the table at a time so that packets never wait long. */
export interface SessionLister {
  /** Looks at up to `limit` records of the table from record `from` on. */
  listSessions(from: number, limit: number, now: number): SessionSlice;
}

/** Whether this engine can list its sessions. */
export function canListSessions(engine: Nat64Engine): engine is Nat64Engine & SessionLister {
  return "listSessions" in engine;
}
