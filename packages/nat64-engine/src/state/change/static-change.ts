import { bindingKey, poolKey } from "../bib/binding-table.ts";
import { clientText, indexStaticEntries, poolText, StaticBindingError, type StaticEntry } from "../bib/static-entry.ts";
import { type PlacementTables, placeBinding } from "./place-binding.ts";

/** Replaces the static bindings of a BIB that is in use. */
export class StaticChange {
  readonly #tables: PlacementTables;
  readonly #before: readonly StaticEntry[];
  readonly #after: readonly StaticEntry[];

  /** @param tables the BIB with those of `before`, and new tables of clients and ports */
  constructor(tables: PlacementTables, before: readonly StaticEntry[], after: readonly StaticEntry[]) {
    this.#tables = tables;
    this.#before = before;
    this.#after = after;
  }

  /** Makes room in the new tables. Throws a {@link StaticBindingError} when there is none; then the BIB is untouched. */
  prepare(time: number): void {
    const { bindings, clients, ports } = this.#tables;
    indexStaticEntries(this.#after);
    let added = 0;
    this.#after.forEach((entry, index) => {
      if (clients.acquireOwn(entry.client[0], entry.client[1], time) < 0)
        throw new StaticBindingError(index, "The table of client prefixes is too small.");
      if (this.#find(entry) < 0 && bindings.count + ++added > bindings.capacity)
        throw new StaticBindingError(index, "The BIB is too small.");
      ports.withdraw(entry.poolAddress, entry.protocol, entry.exit, entry.poolPort);
    });
  }

  /** Makes the change. Entries that are no longer static are removed at once, or when their sessions end. */
  apply(time: number): void {
    const { bindings, clients } = this.#tables;
    const { byClient } = indexStaticEntries(this.#after);
    for (const entry of this.#before) {
      const binding = this.#find(entry);
      const kept = byClient.get(clientText(entry.client, bindingKey(entry.protocol, entry.clientPort, entry.exit)));
      if (binding < 0 || (kept !== undefined && isSamePool(this.#after[kept], entry))) continue;
      if (bindings.sessions(binding) === 0) bindings.remove(binding);
      else bindings.setStatic(binding, false);
    }
    for (const entry of this.#after) {
      const found = this.#find(entry);
      if (found >= 0) {
        bindings.setStatic(found, true);
        placeBinding(this.#tables, found, time);
        bindings.markMigrated(found);
        continue;
      }
      const client = clients.acquire(entry.client[0], entry.client[1], time);
      const key = bindingKey(entry.protocol, entry.clientPort, entry.exit);
      const made = bindings.add(entry.client, key, entry.poolAddress, entry.poolPort, entry.via, client, -1);
      clients.use(client);
      bindings.setStatic(made, true);
    }
  }

  /** The entry of the BIB that has both sides of a static binding, or −1. */
  #find({ protocol, client, clientPort, exit, poolAddress, poolPort }: StaticEntry): number {
    const { bindings } = this.#tables;
    const key = bindingKey(protocol, clientPort, exit);
    const found = bindings.findByClient(client[0], client[1], client[2], client[3], key);
    return found >= 0 && bindings.findByPool(poolAddress, poolKey(protocol, poolPort)) === found ? found : -1;
  }
}

function isSamePool(one: StaticEntry, other: StaticEntry): boolean {
  return poolText(one.poolAddress, one.poolPort) === poolText(other.poolAddress, other.poolPort);
}
