import { bindingKey, poolKey } from "../bib/binding-table.ts";
import type { SessionLife } from "../sessions/session-life.ts";
import type { SessionTable } from "../sessions/session-table.ts";
import { giveTenancy, type Tenancy } from "./place-binding.ts";

/** What {@link MoveOver} works with: today's tables and the sessions that are to be taken over. */
export interface MoveOverParts extends Tenancy {
  readonly sessions: SessionTable;
  readonly life: SessionLife;
  /** Whether the tables are others than before; otherwise it is only about lifetimes. */
  readonly hasNewTables: boolean;
  /** Whether static bindings may be in the way of others. */
  readonly hasStatic: boolean;
}

/**
 * Takes sessions over into tables that another configuration asked for, a slice at a time, while packets flow: BIB and
 * session table stay as they are, and each BIB entry is settled in the new tables of clients and ports when the round
 * through the session table, or a packet, comes to it. What has no place there is doomed.
 */
export class MoveOver {
  readonly #parts: MoveOverParts;
  /** Where the round through the session table is. */
  #next = 0;

  constructor(parts: MoveOverParts) {
    this.#parts = parts;
    if (parts.hasNewTables) parts.life.counted = 0;
  }

  /** Whether a BIB entry can be used, settled in today's tables if it was not. @param time milliseconds, int32 that wraps */
  settle(binding: number, time: number): boolean {
    const { bindings } = this.#parts;
    if (bindings.isSettled(binding)) return true;
    if (bindings.isDoomed(binding)) return false;
    if ((this.#parts.hasStatic && this.#isHidden(binding)) || !giveTenancy(this.#parts, binding, time)) {
      bindings.doom(binding);
      return false;
    }
    bindings.settle(binding);
    return true;
  }

  /**
   * Goes on with the round through the session table.
   *
   * @param budget records that may be looked at
   * @param lose is given each session that cannot go on, and has to end it
   * @returns whether the round is over
   */
  advance(time: number, budget: number, lose: (session: number) => void): boolean {
    const end = Math.min(this.#next + budget, this.#parts.sessions.capacity);
    while (this.#next < end) this.#takeOver(this.#next++, time, lose);
    return end === this.#parts.sessions.capacity;
  }

  #takeOver(session: number, time: number, lose: (session: number) => void): void {
    const { sessions, life, hasNewTables } = this.#parts;
    const binding = sessions.binding(session);
    if (binding >= 0) {
      if (this.settle(binding, time)) {
        life.shorten(session, time);
        if (hasNewTables) life.takeUp(session);
      } else {
        life.lost++;
        lose(session);
      }
    }
    if (hasNewTables) life.counted = session + 1;
  }

  /** Whether a static binding of today came into the entry's way: a search finds that one first. */
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
