import type { ClientTable } from "../../limits/client-table.ts";
import type { RemoteAddresses } from "../filtering/remote-addresses.ts";
import type { PortAllocator } from "../ports/port-allocator.ts";

/** The tables whose shape depends on the configuration. A new configuration may replace them while sessions continue. */
export interface ConfiguredTables {
  readonly clients: ClientTable;
  readonly ports: PortAllocator;
  /** What Address-Dependent Filtering asks; null under other policies. */
  readonly remotes: RemoteAddresses | null;
}
