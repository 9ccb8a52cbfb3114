/** The policy of an exit: what it refuses, the same for both kinds of exits. */
export { type HostNetworkOptions, type HostNetworks, hostNetworks } from "./host-networks.ts";
export { HostWatch, type HostWatchOptions } from "./host-watch.ts";
export { METADATA_NETWORKS } from "./metadata.ts";
export { refusedRows } from "./rows.ts";
export { ipv4Network, type Ports, ports, type RefusedTable, refusedFields } from "./table.ts";
