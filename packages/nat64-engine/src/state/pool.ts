/** Ports or ICMP identifiers from … to, both included. */
export type PortRange = readonly [first: number, last: number];

/** An IPv4 address of the pool as the port allocator sees it. */
export interface PoolAddress {
  /** The address as a word. */
  readonly address: number;
  /** The exit whose traffic uses the address, 0 … 8191. */
  readonly exit: number;
  /** For TCP, UDP and ICMP: the ports that may be used; null for none. */
  readonly ranges: readonly [tcp: PortRange | null, udp: PortRange | null, icmp: PortRange | null];
}

/** Ports of a block: the unit in which clients get them. */
export const BLOCK_PORTS = 64;

/** Where the 64-port block that a port lies in starts. */
export function blockStart(port: number): number {
  return port & -BLOCK_PORTS;
}

/** Blocks that a range touches. */
export function blocksOf(range: PortRange | null): number {
  return range === null ? 0 : (blockStart(range[1]) - blockStart(range[0])) / BLOCK_PORTS + 1;
}
