import { bindingKey, poolKey } from "../bib/binding-table.ts";
import type { SessionLifecycle } from "../sessions/session-lifecycle.ts";
import type { SessionTable } from "../sessions/session-table.ts";
import { type PlacementTables, placeBinding } from "./place-binding.ts";

/** What {@link TableMigration} works with: today's tables and the sessions that migrate to them. */
export interface TableMigrationParts extends PlacementTables {
  readonly sessions: SessionTable;
  readonly life: SessionLifecycle;
  /** Whether the tables are new; otherwise only lifetimes changed. */
  readonly hasNewTables: boolean;
  /** Whether static bindings may hide others. */
  readonly hasStatic: boolean;
}

/**
 * Moves sessions to the tables that a new configuration asked for, a slice at a time, while packets flow. BIB and session
 * table stay as they are. Each BIB entry gets its client record and its port in the new tables when the round through the
 * session table, or a packet, comes to it. An entry without a place there is marked, and its sessions are ended.
 */
export class TableMigration {
  readonly #parts: TableMigrationParts;
  /** Where the round through the session table is. */
  #next = 0;

  constructor(parts: TableMigrationParts) {
    this.#parts = parts;
    if (parts.hasNewTables) parts.life.countedEnd = 0;
  }

  /** Migrates a BIB entry unless it has migrated. @param time milliseconds, int32 that wraps @returns whether it can be used */
  migrate(binding: number, time: number): boolean {
    const { bindings } = this.#parts;
    if (bindings.isMigrated(binding)) return true;
    if (bindings.isUnplaceable(binding)) return false;
    if ((this.#parts.hasStatic && this.#isHidden(binding)) || !placeBinding(this.#parts, binding, time)) {
      bindings.markUnplaceable(binding);
      return false;
    }
    bindings.markMigrated(binding);
    this.#parts.ports.count(bindings, binding, 1);
    return true;
  }

  /**
   * Continues the round through the session table.
   *
   * @param budget records that may be looked at
   * @param endLost has to end the session it gets, which has no place any more; returns whether it can end another one in
   *   this slice
   * @returns whether the round is complete
   */
  advance(time: number, budget: number, endLost: (session: number) => boolean): boolean {
    const { sessions } = this.#parts;
    const end = Math.min(this.#next + budget, sessions.capacity);
    let canEndMore = true;
    while (this.#next < end && canEndMore) canEndMore = this.#migrateSession(this.#next++, time, endLost);
    return this.#next === sessions.capacity;
  }

  /** @returns whether the slice may continue */
  #migrateSession(session: number, time: number, endLost: (session: number) => boolean): boolean {
    const { sessions, life, hasNewTables } = this.#parts;
    const binding = sessions.binding(session);
    let canEndMore = true;
    if (binding >= 0) {
      if (this.migrate(binding, time)) {
        life.shorten(session, time);
        if (hasNewTables) life.count(session);
      } else {
        life.lost++;
        canEndMore = endLost(session);
      }
    }
    if (hasNewTables) life.countedEnd = session + 1;
    return canEndMore;
  }

  /** Whether a static binding of today's configuration hides the entry: a search finds that one first. */
  #isHidden(binding: number): boolean {
    const { bindings } = this.#parts;
    const protocol = bindings.protocol(binding);
    const address = bindings.poolAddress(binding);
    if (bindings.findByPool(address, poolKey(protocol, bindings.poolPort(binding))) !== binding) return true;
    const key = bindingKey(protocol, bindings.clientPort(binding), bindings.exit(binding));
    const found = bindings.findByClient(
      bindings.clientWord(binding, 0),
      bindings.clientWord(binding, 1),
      bindings.clientWord(binding, 2),
      bindings.clientWord(binding, 3),
      key,
    );
    return found !== binding;
  }
}
