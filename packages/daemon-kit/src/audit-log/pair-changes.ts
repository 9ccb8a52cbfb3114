/** The pairs that the audit log has recorded, and their changes since. */
import type { AuditRecord, PairRecord } from "./record.ts";

/** A pair as it is now. */
export type PairNow = Omit<PairRecord, "at" | "event">;

export class PairChanges {
  /** By place. */
  #known: ReadonlyMap<number, PairNow> = new Map();

  /** The records that the current pairs require. */
  compare(pairs: readonly PairNow[], at: string): readonly AuditRecord[] {
    const now = new Map(pairs.map((pair) => [pair.place, pair]));
    const gone = [...this.#known.values()].filter(({ place, pair }) => now.get(place)?.pair !== pair);
    const changed = pairs.filter((pair) => JSON.stringify(pair) !== JSON.stringify(this.#known.get(pair.place)));
    this.#known = now;
    return [
      ...gone.map(({ pair, place }): AuditRecord => ({ event: "pair-end", at, pair, place })),
      ...changed.map((pair): AuditRecord => ({ event: "pair", at, ...pair })),
    ];
  }

  /** Forgets all recorded pairs, so that they are recorded again. */
  forget(): void {
    this.#known = new Map();
  }
}
