import { LOCAL_EXIT, MAX_PAIR_PORTS, MAX_PEER_EXITS } from "../../exits/peer-exits.ts";

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
  /** How many ports of each range can be allocated at first, in whole blocks; default: all. See `PortAllocator.grant`. */
  readonly granted?: number;
}

/**
 * The exit of a pool address. A peer exit has one pool address, but no IPv4 address of its own: its number is used instead, which
 * as an address (0.0.0.1 and so on) is not valid.
 */
export function exitOfPoolAddress(address: number): number {
  return address > 0 && address <= MAX_PEER_EXITS ? address : LOCAL_EXIT;
}

/**
 * All peer exits use the same port numbers internally, whatever block the IPv4 peer granted; they are shifted only on the wire.
 * Parity is preserved as long as blocks start at even ports.
 */
export const FIRST_EXIT_PORT = 1024;
export const LAST_EXIT_PORT: number = FIRST_EXIT_PORT + MAX_PAIR_PORTS - 1;

/** Ports of a block, the unit in which clients get ports. */
export const BLOCK_PORTS = 64;

/** The first port of the block that contains a port. */
export function blockStart(port: number): number {
  return port & -BLOCK_PORTS;
}

/** Blocks that a range touches. */
export function blocksOf(range: PortRange | null): number {
  return range === null ? 0 : (blockStart(range[1]) - blockStart(range[0])) / BLOCK_PORTS + 1;
}

const EXIT_RANGE: PortRange = [FIRST_EXIT_PORT, LAST_EXIT_PORT];

/**
 * The pool addresses of all possible peer exits, each with room for the largest block: 3.1 MB of address space. Only granted
 * blocks use memory (6 KB for 4,096 ports, 97 KB for all).
 *
 * @param portsOf ports granted to an exit now, 0 for an exit that does not exist
 */
export function peerExitPool(portsOf: (exit: number) => number): readonly PoolAddress[] {
  return Array.from({ length: MAX_PEER_EXITS }, (_, i) => ({
    address: i + 1,
    exit: i + 1,
    ranges: [EXIT_RANGE, EXIT_RANGE, EXIT_RANGE],
    granted: portsOf(i + 1),
  }));
}
