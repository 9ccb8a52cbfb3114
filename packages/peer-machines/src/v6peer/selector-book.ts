/**
 * Which selector belongs to which IPv4 peer: the same one as long as anybody may remember it. A new peer's follows from
 * its id, so that even a lost book gives most of them back.
 */
import { SELECTOR } from "@nat64/rfc6052";

/** One entry, as it is kept between runs. */
export interface SelectorRecord {
  /** 0x0001 … 0xfeff. */
  readonly selector: number;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  /** When a pair last had it, in milliseconds since 1970. */
  readonly usedAt: number;
}

/** Milliseconds after which a selector that no pair has had may go to somebody else: 90 days. */
export const SELECTOR_LIFETIME_MS: number = 90 * 86_400_000;

/** How exact `usedAt` has to be: who uses a selector all the time must not make the book be written all the time. */
const PRECISION_MS = 86_400_000;

const COUNT = SELECTOR.lastPinned - SELECTOR.firstPinned + 1;

export class SelectorBook {
  readonly #byPeer = new Map<string, SelectorRecord>();
  readonly #taken = new Set<number>();

  /** Takes an earlier book up; entries that lapsed, or that contradict earlier ones, are left out. @param wall see `usedAt` */
  constructor(records: readonly SelectorRecord[], wall: number) {
    for (const record of records) {
      const isSound = record.selector >= SELECTOR.firstPinned && record.selector <= SELECTOR.lastPinned;
      if (!isSound || this.#taken.has(record.selector) || this.#byPeer.has(record.peer)) continue;
      // A clock that was wrong must not keep a selector for ever.
      this.#put({ ...record, usedAt: Math.min(record.usedAt, wall) });
    }
    this.lapse(wall);
  }

  /** The selector of a peer, or the one that it would get; undefined when there is none left. Changes nothing. */
  find(peer: string, isPromised: (selector: number) => boolean): number | undefined {
    const known = this.#byPeer.get(peer);
    if (known !== undefined) return known.selector;
    const start = startOf(peer);
    for (let i = 0; i < COUNT; i++) {
      const selector = SELECTOR.firstPinned + ((start + i) % COUNT);
      if (!this.#taken.has(selector) && !isPromised(selector)) return selector;
    }
    return undefined;
  }

  /** Notes that a pair has the selector now. Returns whether the book has to be kept anew. */
  use(peer: string, selector: number, wall: number): boolean {
    const known = this.#byPeer.get(peer);
    if (known !== undefined && wall - known.usedAt < PRECISION_MS) return false;
    this.#put({ selector, peer, usedAt: wall });
    return true;
  }

  /** Forgets what nobody has used for long. Returns whether there was any. */
  lapse(wall: number): boolean {
    const lapsed = [...this.#byPeer.values()].filter(({ usedAt }) => wall - usedAt > SELECTOR_LIFETIME_MS);
    for (const { peer, selector } of lapsed) {
      this.#byPeer.delete(peer);
      this.#taken.delete(selector);
    }
    return lapsed.length > 0;
  }

  /** All entries, to be kept. */
  records(): readonly SelectorRecord[] {
    return [...this.#byPeer.values()];
  }

  #put(record: SelectorRecord): void {
    this.#byPeer.set(record.peer, record);
    this.#taken.add(record.selector);
  }
}

/** Where the search begins: from the id's first characters, which are those of a hash. */
function startOf(peer: string): number {
  let number = 0;
  for (const character of peer.slice(0, 6)) number = (number * 31 + character.charCodeAt(0)) % COUNT;
  return number;
}
