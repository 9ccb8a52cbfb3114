import type { ClientTable } from "../../limits/client-table.ts";
import type { BindingTable } from "../bib/binding-table.ts";
import { exitOfPoolAddress } from "../ports/pool-address.ts";
import type { PortAllocator } from "../ports/port-allocator.ts";

/** The BIB, and the tables of clients and ports that its entries point into. */
export interface PlacementTables {
  readonly bindings: BindingTable;
  readonly clients: ClientTable;
  readonly ports: PortAllocator;
}

/**
 * Gives a BIB entry that is older than these tables its client record and, unless it is static, its port in them.
 *
 * @param now milliseconds, int32 that wraps
 * @returns false, with nothing changed, when its port is not available
 */
export function placeBinding({ bindings, clients, ports }: PlacementTables, binding: number, now: number): boolean {
  const client = clients.acquire(bindings.clientWord(binding, 0), bindings.clientWord(binding, 1), now);
  let slot = -1;
  if (!bindings.isStatic(binding)) {
    const address = bindings.poolAddress(binding);
    const exit = exitOfPoolAddress(address);
    ports.actFor(bindings.clientWord(binding, 0), bindings.clientWord(binding, 1));
    slot = ports.reserve(address, bindings.protocol(binding), exit, bindings.poolPort(binding), client);
    if (slot < 0) {
      clients.discard(client);
      return false;
    }
  }
  clients.use(client);
  bindings.setClient(binding, client);
  bindings.setSlot(binding, slot);
  return true;
}
