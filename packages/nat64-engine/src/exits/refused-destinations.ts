/**
 * Destinations that an exit refuses, compiled for the packet path: the rows of a policy become a tree of networks and a bit for
 * each port, so a packet costs the same however many rows there are. Both kinds of exits use it.
 */
import { type BlockSet, type Cidr, compileBlockSet } from "@nat64/rfc6052";
import { Protocol } from "../packet/packet.ts";
import { ExitPolicy, type ExitPolicyRow } from "./exit-policy.ts";

/** The destination is not refused. */
export const NOT_REFUSED = 0;
/** Everything at the address is refused. */
export const REFUSED_ADDRESS = 1;
/** The port is refused. */
export const REFUSED_PORT = 2;

/** The address is one of this host: everything is refused but answers to this host. */
export const REFUSED_HOST = 3;

/** The maximum number of rows: addresses of a host can be many. */
export const MAX_REFUSED_ROWS = 4096;

const PORTS = 65_536;

/** Compiled rows. {@link refusal} allocates nothing. */
export class RefusedDestinations {
  readonly #networks: BlockSet;
  readonly #host: BlockSet;
  /** A bit for each port. */
  readonly #tcp = new Int32Array(PORTS / 32);
  readonly #udp = new Int32Array(PORTS / 32);
  /** Rows of one network and some ports. */
  readonly #others: ExitPolicy;

  /**
   * Throws a RangeError for more than {@link MAX_REFUSED_ROWS} rows, or more than `MAX_POLICY_ROWS` with network and ports.
   *
   * @param host IPv4 blocks of this host
   */
  constructor(rows: readonly ExitPolicyRow[], host: readonly Cidr[] = []) {
    if (rows.length > MAX_REFUSED_ROWS) throw new RangeError(`At most ${MAX_REFUSED_ROWS} rows can be refused.`);
    const networks: ExitPolicyRow[] = [];
    const others: ExitPolicyRow[] = [];
    for (const row of rows) {
      const { length, protocol, firstPort, lastPort } = row;
      if (protocol === 0 && firstPort === 0 && lastPort === PORTS - 1) networks.push(row);
      else if (length === 0 && protocol === Protocol.tcp) setBits(this.#tcp, firstPort, lastPort);
      else if (length === 0 && protocol === Protocol.udp) setBits(this.#udp, firstPort, lastPort);
      else others.push(row);
    }
    this.#networks = compileBlockSet(
      networks.map(({ network, length }) => ({
        family: 4,
        words: [length === 0 ? 0 : network & (-1 << (32 - length)), 0, 0, 0],
        length,
      })),
    );
    this.#others = new ExitPolicy(others);
    this.#host = compileBlockSet(host);
  }

  /**
   * {@link NOT_REFUSED}, {@link REFUSED_ADDRESS}, {@link REFUSED_HOST} or {@link REFUSED_PORT}.
   *
   * @param protocol the IPv4 protocol number @param port the port at that address; ignored for ICMP
   */
  refusal(address: number, protocol: number, port: number): number {
    if (this.#networks.hasIPv4(address)) return REFUSED_ADDRESS;
    if (this.#host.hasIPv4(address)) return REFUSED_HOST;
    const bits = protocol === Protocol.tcp ? this.#tcp : this.#udp;
    const hasPort = protocol === Protocol.tcp || protocol === Protocol.udp;
    if (hasPort && ((bits[port >>> 5] >>> (port & 31)) & 1) === 1) return REFUSED_PORT;
    return this.#others.allows(address, protocol, port) ? REFUSED_PORT : NOT_REFUSED;
  }
}

function setBits(bits: Int32Array, first: number, last: number): void {
  for (let port = first; port <= last; port++) bits[port >>> 5] |= 1 << (port & 31);
}
