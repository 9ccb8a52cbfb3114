import { LOCAL_EXIT, MAX_PEER_EXITS, PAIR_PORTS } from "../exits/peer-exits.ts";

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

/**
 * The exit of a pool address. A peer exit has one address of the pool, and no IPv4 address of its own: its number stands
 * for it, which as an address (0.0.0.1 and so on) is nobody's.
 */
export function exitOfPoolAddress(address: number): number {
  return address > 0 && address <= MAX_PEER_EXITS ? address : LOCAL_EXIT;
}

/**
 * Ports of peer exits are numbered alike for all exits, whatever block the IPv4 peer granted: only on the wire are they
 * moved there. So parity is kept as long as blocks start at even ports.
 */
export const FIRST_EXIT_PORT = 4096;
export const LAST_EXIT_PORT: number = FIRST_EXIT_PORT + PAIR_PORTS - 1;

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

const EXIT_RANGE: PortRange = [FIRST_EXIT_PORT, LAST_EXIT_PORT];

/** The pool addresses of all peer exits there may be; those that are not in use cost their port maps only. */
export const PEER_EXIT_POOL: readonly PoolAddress[] = Array.from({ length: MAX_PEER_EXITS }, (_, i) => ({
  address: i + 1,
  exit: i + 1,
  ranges: [EXIT_RANGE, EXIT_RANGE, EXIT_RANGE],
}));
