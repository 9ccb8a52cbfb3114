/**
 * Which selector belongs to which IPv4 peer. A peer keeps its selector for as long as clients may remember it. A new
 * peer's selector is derived from its id, so that most selectors are the same even if the book is lost.
 */
import { SELECTOR } from "@nat64/rfc6052";

/** One entry, as stored between runs. */
export interface SelectorRecord {
  /** 0x0001 … 0xfeff. */
  readonly selector: number;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  /** When a pair last used it, in milliseconds since 1970. */
  readonly usedAt: number;
}

/** Milliseconds after which an unused selector may be assigned to another peer: 90 days. */
export const SELECTOR_LIFETIME_MS: number = 90 * 86_400_000;

/** Precision of `usedAt`, in milliseconds, so that a selector in constant use does not cause constant writes. */
const PRECISION_MS = 86_400_000;

const COUNT = SELECTOR.lastPinned - SELECTOR.firstPinned + 1;

export class SelectorBook {
  readonly #byPeer = new Map<string, SelectorRecord>();
  readonly #taken = new Set<number>();

  /** Loads a stored book. Skips entries that have expired or that contradict earlier ones. @param wall see `usedAt` */
  constructor(records: readonly SelectorRecord[], wall: number) {
    for (const record of records) {
      const isSound = record.selector >= SELECTOR.firstPinned && record.selector <= SELECTOR.lastPinned;
      if (!isSound || this.#taken.has(record.selector) || this.#byPeer.has(record.peer)) continue;
      // A wrong clock must not keep a selector forever.
      this.#put({ ...record, usedAt: Math.min(record.usedAt, wall) });
    }
    this.lapse(wall);
  }

  /** The selector of a peer, or the one that it would get; undefined if none is left. Changes nothing. */
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

  /** Notes that a pair uses the selector. Returns whether the book must be stored again. */
  use(peer: string, selector: number, wall: number): boolean {
    const known = this.#byPeer.get(peer);
    if (known !== undefined && wall - known.usedAt < PRECISION_MS) return false;
    this.#put({ selector, peer, usedAt: wall });
    return true;
  }

  /** Removes entries that have expired. Returns whether there were any. */
  lapse(wall: number): boolean {
    const lapsed = [...this.#byPeer.values()].filter(({ usedAt }) => wall - usedAt > SELECTOR_LIFETIME_MS);
    for (const { peer, selector } of lapsed) {
      this.#byPeer.delete(peer);
      this.#taken.delete(selector);
    }
    return lapsed.length > 0;
  }

  /** All entries, for storage. */
  records(): readonly SelectorRecord[] {
    return [...this.#byPeer.values()];
  }

  #put(record: SelectorRecord): void {
    this.#byPeer.set(record.peer, record);
    this.#taken.add(record.selector);
  }
}

/** Where the search starts, derived from the first characters of the id, which are part of a hash. */
function startOf(peer: string): number {
  let number = 0;
  for (const character of peer.slice(0, 6)) number = (number * 31 + character.charCodeAt(0)) % COUNT;
  return number;
}
