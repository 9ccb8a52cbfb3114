import type { BindingTable } from "../bib/binding-table.ts";
import type { SessionLifecycle } from "../sessions/session-lifecycle.ts";
import type { SessionTable } from "../sessions/session-table.ts";

/** Sessions that one call ends at most. */
const MAX_ENDED = 256;

/**
 * Ends the sessions of BIB entries whose port went to another client, a slice of the session table at a time. Packets do not find
 * these entries any more; but one may have thousands of sessions, too many to end for one packet.
 */
export class RetiredBindings {
  /** Sessions that were ended, since start. */
  ended = 0;
  readonly #sessions: SessionTable;
  readonly #bindings: BindingTable;
  readonly #life: SessionLifecycle;
  /** Where the round through the session table is. */
  #next = 0;

  constructor(sessions: SessionTable, bindings: BindingTable, life: SessionLifecycle) {
    this.#sessions = sessions;
    this.#bindings = bindings;
    this.#life = life;
  }

  /** Whether there are any. */
  get isAny(): boolean {
    return this.#bindings.retired > 0;
  }

  /** Continues. @param budget records of the session table that may be looked at */
  advance(budget: number): void {
    const sessions = this.#sessions;
    let ended = 0;
    for (let looked = 0; looked < budget && ended < MAX_ENDED && this.isAny; looked++) {
      const session = this.#next;
      this.#next = session + 1 < sessions.capacity ? session + 1 : 0;
      const binding = sessions.binding(session);
      if (binding < 0 || !this.#bindings.isRetired(binding)) continue;
      this.#life.end(session);
      ended++;
    }
    this.ended += ended;
  }
}
