/** The owner of each prefix (the peer that proved it last), and the shared prefixes in the order of their bytes. */
import { compilePool } from "@nat64/rfc6052";
import type { V6Peer } from "./peer.ts";

interface Entry {
  readonly key: string;
  readonly owner: V6Peer;
}

export class PrefixIndex {
  readonly #owners: Map<string, Entry> = new Map();
  /** Sorted when it is read, because it changes more often than it is read. */
  #shared: readonly Entry[] | undefined;

  get size(): number {
    return this.#owners.size;
  }

  /** How many prefixes are shared. */
  get listed(): number {
    return this.#sharedSorted().length;
  }

  /** @param prefix canonical text, as everywhere in this class */
  ownerOf(prefix: string): V6Peer | undefined {
    return this.#owners.get(prefix)?.owner;
  }

  /** Call it after each change of the owner's registration, too. */
  set(prefix: string, owner: V6Peer): void {
    this.#owners.set(prefix, { key: keyOf(prefix), owner });
    this.#shared = undefined;
  }

  /** Removes a prefix, unless another peer owns it now. */
  remove(prefix: string, owner: V6Peer): void {
    if (this.ownerOf(prefix) !== owner) return;
    this.#owners.delete(prefix);
    this.#shared = undefined;
  }

  /** Up to `count` owners of shared prefixes after `after`, and whether these are the last ones. */
  page(after: string | undefined, count: number): { readonly owners: readonly V6Peer[]; readonly isLast: boolean } {
    const shared = this.#sharedSorted();
    const start = after === undefined ? 0 : firstAfter(shared, keyOf(after));
    const owners = shared.slice(start, start + count).map(({ owner }) => owner);
    return { owners, isLast: start + count >= shared.length };
  }

  #sharedSorted(): readonly Entry[] {
    this.#shared ??= [...this.#owners.values()]
      .filter(({ owner }) => owner.registration?.listed === true)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return this.#shared;
  }
}

function firstAfter(sorted: readonly Entry[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].key <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Text that sorts in the same order as the bytes. */
function keyOf(prefix: string): string {
  const { w0, w1, w2 } = compilePool(prefix);
  return [w0, w1, w2].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
