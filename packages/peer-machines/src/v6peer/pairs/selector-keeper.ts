/** Maintains the selector book: notes which selectors are in use, expires others once a day, and requests storage. */
import type { Outbox } from "../outbox.ts";
import { SelectorBook, type SelectorRecord } from "../selector-book.ts";
import type { V6Pair } from "./v6-pair.ts";

/** Milliseconds between two checks for expired selectors: a day. */
const CHECK_INTERVAL_MS = 86_400_000;

export class SelectorKeeper {
  readonly #book: SelectorBook;
  readonly #epochMs: number;
  readonly #outbox: Outbox;
  /** When selectors are next checked. */
  deadline: number;

  /** @param epochMs milliseconds since 1970 at the machine's time 0 */
  constructor(records: readonly SelectorRecord[], epochMs: number, outbox: Outbox, now: number) {
    this.#epochMs = epochMs;
    this.#book = new SelectorBook(records, this.#wallClock(now));
    this.#outbox = outbox;
    this.deadline = now + CHECK_INTERVAL_MS;
  }

  /** See `SelectorBook.find`. */
  find(peer: string, isPromised: (selector: number) => boolean): number | undefined {
    return this.#book.find(peer, isPromised);
  }

  /** Notes that a pair uses its selector. */
  use({ peer, selector }: V6Pair, now: number): void {
    if (this.#book.use(peer, selector, this.#wallClock(now))) this.#store();
  }

  /** Once a day, renews the selectors in use and expires the others. */
  advance(pairs: Iterable<V6Pair>, now: number): void {
    if (now < this.deadline) return;
    this.deadline = now + CHECK_INTERVAL_MS;
    for (const { peer, selector } of pairs) this.#book.use(peer, selector, this.#wallClock(now));
    this.#book.lapse(this.#wallClock(now));
    this.#store();
  }

  #store(): void {
    this.#outbox.storeSelectors(this.#book.records());
  }

  #wallClock(now: number): number {
    return Math.round(this.#epochMs + now);
  }
}
