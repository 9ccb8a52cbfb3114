/** Which pairs the audit log has said to be there, and what has changed since. */
import type { AuditRecord, PairRecord } from "@nat64/daemon-kit/audit-log";
import type { PeerExitsStatus } from "../peer-exits/messages.ts";

type Exits = PeerExitsStatus["exits"];

export class PairBook {
  /** By the exit's place, as the log has it but for the time. */
  #known: ReadonlyMap<number, Omit<PairRecord, "at">> = new Map();

  /** What is to be said of the exits there are now. */
  compare(exits: Exits, at: string): readonly AuditRecord[] {
    const now = new Map(exits.map((exit) => [exit.exit, describe(exit)]));
    const gone = [...this.#known.values()].filter(({ place, pair }) => now.get(place)?.pair !== pair);
    const changed = [...now.values()].filter((pair) => !isSame(pair, this.#known.get(pair.place)));
    this.#known = now;
    return [
      ...gone.map(({ pair, place }): AuditRecord => ({ event: "pair-end", at, pair, place })),
      ...changed.map((pair): AuditRecord => ({ ...pair, at })),
    ];
  }

  /** Forgets what was said: all of it is said again. */
  forget(): void {
    this.#known = new Map();
  }
}

function describe({ exit, pair, peer, selector, firstPort, ports, teredo }: Exits[number]): Omit<PairRecord, "at"> {
  return {
    event: "pair",
    pair,
    place: exit,
    peer,
    selector,
    ports: [firstPort, firstPort + ports - 1],
    ...(teredo !== undefined && { teredo }),
  };
}

function isSame(one: object, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
